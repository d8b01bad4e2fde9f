//! Why a token is refused.

/// Why a token is refused, in words for whoever sent it. None says anything of what the token holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than 8 KiB.
    #[error("the token is longer than 8 KiB")]
    TooLong,
    /// Not three parts of base64url, or no JSON in them.
    #[error("the token is no signed JWT in compact form")]
    Malformed,
    /// A header that names keys itself, demands extensions, or is another kind of token's.
    #[error("the token's header has a member or a type that is not taken")]
    Header,
    /// `alg` is none of ours, or not the key's.
    #[error("the token's algorithm is not one of the issuer's keys'")]
    Algorithm,
    /// `iss`, `aud`, `exp` or `sub` is absent, or a claim is not as it must be.
    #[error("the token needs iss, aud, exp and sub, and exp and nbf in whole seconds")]
    Claims,
    /// Another `iss`.
    #[error("the token is another issuer's")]
    Issuer,
    /// Our `aud` is not among them.
    #[error("the token is for another audience")]
    Audience,
    /// `exp` is past.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is ahead.
    #[error("the token is not valid yet")]
    TooEarly,
    /// The issuer publishes no key of that `kid`; without a `kid`, not exactly one key.
    #[error("the token is signed by a key that the issuer does not publish")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the token's signature is wrong")]
    Signature,
}
