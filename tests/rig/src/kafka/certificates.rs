//! An authority of a broker's own, which nobody else believes.

use std::{fs, path::Path};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// Makes an authority whose certificate is in the file `authority`, and a certificate of it for `host`, which is in the
/// file `identity` with its key.
///
/// # Errors
/// A file cannot be written.
pub fn make(host: &str, identity: &Path, authority: &Path) -> anyhow::Result<()> {
    let (key, issuer_key) = (KeyPair::generate()?, KeyPair::generate()?);
    let mut of_authority = CertificateParams::new(Vec::new())?;
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    of_authority
        .distinguished_name
        .push(DnType::CommonName, "An authority for a test");
    fs::write(authority, of_authority.self_signed(&issuer_key)?.pem())?;
    let issuer = Issuer::new(of_authority, issuer_key);
    let certificate = CertificateParams::new([host.to_owned()])?.signed_by(&key, &issuer)?;
    fs::write(identity, key.serialize_pem() + &certificate.pem())?;
    Ok(())
}
