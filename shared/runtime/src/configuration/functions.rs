//! Where other functions are.

use std::collections::BTreeMap;

use http::{Uri, uri::Authority};

use super::Environment;

const TEMPLATE: &str = "FUNCTIONS_URL";
const NAME: &str = "{name}";

/// Where a function is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionAddress {
    /// Its host and port.
    pub authority: Authority,
    /// Whether it is spoken to by HTTP/2, known to be understood beforehand, and not by HTTP/1.1.
    pub is_http2: bool,
}

/// Where functions are, by their names.
#[derive(Debug)]
struct Template(String);

impl<L: Fn(&str) -> Option<String>> Environment<L> {
    /// Where each of `names` is: `FUNCTION_<NAME>_URL`, such as `FUNCTION_CREATE_TASK_URL`, or `FUNCTIONS_URL` for all
    /// that have none of their own, `{name}` standing for the function's name. A function without an address is a fault.
    pub fn functions(
        &mut self,
        names: impl IntoIterator<Item = &'static str>,
    ) -> BTreeMap<&'static str, FunctionAddress> {
        // The template is read for each function, but a fault in it is one fault.
        let template = self.read(TEMPLATE, template);
        let (mut addresses, mut missing) = (BTreeMap::new(), Vec::new());
        for name in names {
            let variable = function_variable(name);
            let own = self.read(&variable, address);
            let has_own = self.is_set(&variable);
            match own.or_else(|| template.as_ref()?.address_of(name)) {
                Some(address) => drop(addresses.insert(name, address)),
                None if !has_own => missing.push(variable),
                None => {}
            }
        }
        if !missing.is_empty() && !self.is_set(TEMPLATE) {
            self.refuse(without_address(&missing));
        }
        addresses
    }
}

/// The variable that says where the function called `name` is.
#[must_use]
pub fn function_variable(name: &str) -> String {
    format!("FUNCTION_{}_URL", name.to_ascii_uppercase().replace('-', "_"))
}

fn without_address(missing: &[String]) -> String {
    let (are, each) = if missing.len() == 1 {
        ("is", "it")
    } else {
        ("are", "each")
    };
    format!(
        "{} {are} missing: {each} says where a function is, as http://host:port; {TEMPLATE} says it for all that have \
         none, as http://{{name}}.dormouse.svc.cluster.local",
        missing.join(", ")
    )
}

impl Template {
    fn address_of(&self, function: &str) -> Option<FunctionAddress> {
        address(&self.0.replace(NAME, function)).ok()
    }
}

fn template(text: &str) -> Result<Template, String> {
    address(&text.replace(NAME, "name")).map_err(|why| format!("{why}; {NAME} stands for the function's name"))?;
    Ok(Template(text.to_owned()))
}

fn address(text: &str) -> Result<FunctionAddress, String> {
    let uri = text.parse::<Uri>().ok().filter(|_| !text.contains('#'));
    let scheme = uri.as_ref().and_then(Uri::scheme_str);
    if scheme == Some("https") {
        return Err(
            "is a URL of https: functions are spoken to in the clear, inside of a network of their own".to_owned(),
        );
    }
    let is_http2 = scheme == Some("h2c");
    let authority = uri.as_ref().and_then(Uri::authority).cloned();
    let is_bare = uri
        .as_ref()
        .is_some_and(|uri| uri.path_and_query().is_none_or(|path| path.as_str() == "/"));
    let is_fit = |authority: &Authority| !authority.as_str().contains('@') && !authority.host().is_empty();
    match authority.filter(is_fit) {
        Some(authority) if is_bare && (is_http2 || scheme == Some("http")) => {
            Ok(FunctionAddress { authority, is_http2 })
        }
        _ => Err(
            "must be a URL such as http://host:port, or h2c://host:port for HTTP/2, without a password, path or query"
                .to_owned(),
        ),
    }
}
