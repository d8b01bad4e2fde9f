//! How callers say who they are: whose tokens, where the issuer's keys are.

use std::{path::PathBuf, sync::Arc};

use http::Uri;
use tokens::Expected;

use super::Environment;
use crate::{
    Clock,
    identity::{Authentication, KeySource, Tokens},
};

const URL: &str = "AUTH_JWKS_URL";
const FILE: &str = "AUTH_JWKS_FILE";
const ISSUER: &str = "AUTH_ISSUER";
const AUDIENCE: &str = "AUTH_AUDIENCE";
/// The most bytes of an issuer's or audience's name.
const LONGEST_NAME: usize = 1024;

impl<L: Fn(&str) -> Option<String>> Environment<L> {
    /// A person who sets one of the variables believes that strangers are kept out, so a half of them is a fault.
    pub(super) fn authentication(&mut self) -> Authentication {
        if [URL, FILE, ISSUER, AUDIENCE].iter().all(|name| !self.is_set(name)) {
            return Authentication::LocalUser;
        }
        self.demand_the_others();
        let source = match self.read(FILE, file) {
            Some(path) => Some(KeySource::File(path)),
            None => self.read(URL, url).map(KeySource::Url),
        };
        match (source, self.read(ISSUER, name), self.read(AUDIENCE, name)) {
            (Some(source), Some(issuer), Some(audience)) => {
                let expected = Expected { issuer, audience };
                Authentication::By(Arc::new(Tokens::new(source, expected, Clock::system())))
            }
            // A fault was named, so that nothing is served.
            _ => Authentication::LocalUser,
        }
    }

    fn demand_the_others(&mut self) {
        match (self.is_set(URL), self.is_set(FILE)) {
            (true, true) => self
                .faults
                .push(format!("{URL} and {FILE} are both set: one says where the keys are")),
            (false, false) => self.faults.push(format!(
                "{URL} or {FILE} is missing: it says where the keys are that tokens are verified with"
            )),
            _ => {}
        }
        for (name, what) in [(ISSUER, "iss"), (AUDIENCE, "aud")] {
            if !self.is_set(name) {
                let why = format!("{name} is missing: it is the {what} of every token that is taken");
                self.faults.push(why);
            }
        }
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "any path may be one, as a reader of variables says it"
)]
fn file(text: &str) -> Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

/// An address in the clear is this machine's own: whoever stands between could put keys of theirs in the issuer's place.
/// The value is left out of the message: it may hold a password.
fn url(text: &str) -> Result<Uri, String> {
    let uri = text.parse::<Uri>().ok().filter(|_| !text.contains('#'));
    let is_fit = |uri: &Uri| {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let is_here = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        let is_plain = uri
            .authority()
            .is_some_and(|authority| !authority.as_str().contains('@'));
        let is_safe = uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && is_here);
        is_plain && is_safe && !host.is_empty()
    };
    uri.filter(is_fit).ok_or_else(|| {
        "must be a URL such as https://issuer.example/jwks.json, without a password; http only on this machine. \
         Elsewhere, mount the keys and name them with AUTH_JWKS_FILE"
            .to_owned()
    })
}

fn name(text: &str) -> Result<String, String> {
    if text.len() > LONGEST_NAME || text.trim() != text || text.chars().any(char::is_control) {
        return Err(format!(
            "must have at most {LONGEST_NAME} bytes, no control characters, and no spaces around it"
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::{Defaults, Settings};

    const WHOLE: [(&str, &str); 3] = [
        (URL, "https://issuer.example/jwks.json"),
        (ISSUER, "https://issuer.example"),
        (AUDIENCE, "dormouse"),
    ];

    fn read(variables: &[(&str, &str)]) -> Result<Authentication, String> {
        let lookup = |name: &str| {
            let mut set = variables.iter().rev();
            set.find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        };
        let settings = Settings::read(Defaults::FUNCTION, lookup).map_err(|error| error.to_string())?;
        Ok(settings.authentication)
    }

    fn with(name: &'static str, value: &'static str) -> Result<Authentication, String> {
        read(&[&WHOLE[..], &[(name, value)]].concat())
    }

    #[test]
    fn without_variables_everybody_is_the_local_user() {
        assert!(matches!(read(&[]), Ok(Authentication::LocalUser)));
        assert!(matches!(
            read(&[(URL, ""), (ISSUER, "")]),
            Ok(Authentication::LocalUser)
        ));
    }

    #[test]
    fn with_all_of_them_tokens_are_verified() {
        assert!(matches!(read(&WHOLE), Ok(Authentication::By(_))));
        let file = [(FILE, "/keys/jwks.json"), WHOLE[1], WHOLE[2]];
        assert!(matches!(read(&file), Ok(Authentication::By(_))));
    }

    #[test]
    fn half_of_them_stops_the_start() {
        for (missing, value) in WHOLE {
            let others: Vec<_> = WHOLE.into_iter().filter(|(name, _)| *name != missing).collect();
            let error = read(&others).unwrap_err();
            assert!(
                error.contains(&format!("{missing} ")) && error.contains("is missing"),
                "{error}"
            );
            let error = read(&[(missing, value)]).unwrap_err();
            assert!(error.contains("is missing"), "{error}");
        }
        let error = with(FILE, "/keys/jwks.json").unwrap_err();
        assert!(error.contains("are both set"), "{error}");
    }

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for address in [
            "https://issuer.example",
            "https://issuer.example:8443/realms/x/certs?v=1",
            "http://localhost:3000/jwks",
            "http://127.0.0.1/jwks",
            "http://[::1]:3000/jwks",
        ] {
            assert!(with(URL, address).is_ok(), "{address}");
        }
        for address in [
            "http://issuer.example/jwks",
            "http://10.0.0.7/jwks",
            "http://localhost.example/jwks",
            "http://localhost@issuer.example/jwks",
            "https://ann:secret@issuer.example/jwks",
            "https://issuer.example/jwks#keys",
            "ftp://issuer.example/jwks",
            "file:///keys/jwks.json",
            "issuer.example",
            "/keys/jwks.json",
            "https://",
        ] {
            let error = with(URL, address).unwrap_err();
            assert!(
                error.contains("AUTH_JWKS_URL must be a URL such as https://"),
                "{error}"
            );
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn names_are_some_text() {
        for (name, value) in [(ISSUER, " https://issuer.example"), (AUDIENCE, "a\nb"), (ISSUER, "\t")] {
            assert!(with(name, value).unwrap_err().contains(name));
        }
    }
}
