//! Takes what is needed of Swagger UI out of the package that carries it, and compresses it once for all.

use std::{
    env,
    fs::File,
    io::{Cursor, Error, copy},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

fn main() -> Result<(), Error> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let folder = env::var_os("OUT_DIR").ok_or_else(|| Error::other("cargo says where to write"))?;
    for name in ["swagger-ui.css", "swagger-ui-bundle.js"] {
        let suffix = format!("/dist/{name}");
        let is_it = |path: &str| path.ends_with(&suffix);
        let mut names = archive.file_names();
        let place = names.position(|path| path.is_ok_and(|path| is_it(&path)));
        drop(names);
        let place = place.ok_or_else(|| Error::other(format!("the package has no {name}")))?;
        let file = File::create(Path::new(&folder).join(format!("{name}.gz")))?;
        let mut compressed = GzEncoder::new(file, Compression::best());
        copy(&mut archive.by_index(place)?, &mut compressed)?;
        compressed.finish()?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
