//! XMP metadata of a PDF, which the encoder has no way to take: an update at the end of the file.
//!
//! An update adds the new object and a catalog that refers to it, and a table of just these two
//! that points back to the file's own. The metadata are not compressed, as the format asks, so that
//! programs find them without understanding PDF.

use memchr::memmem;

use super::super::carried;

/// The file with metadata that hold `provenance`.
///
/// # Errors
///
/// If the file is not built as the encoder builds it.
pub(super) fn append(mut file: Vec<u8>, provenance: &str) -> Result<Vec<u8>, String> {
    let failed = |what: &str| format!("cannot add metadata to a PDF: it has no {what}");
    let end = Ending::read(&file).ok_or_else(|| failed("trailer"))?;
    let catalog = catalog(&file, end.root).ok_or_else(|| failed("catalog"))?;
    let xml = packet(provenance);
    let (root, metadata) = (end.root, end.size);
    let mut offsets = [0; 2];
    let add = |at: &mut usize, file: &mut Vec<u8>, object: &str| {
        *at = file.len();
        file.extend(object.as_bytes());
    };
    let [catalog_at, metadata_at] = &mut offsets;
    let catalog = format!("{root} 0 obj\n<<{catalog}/Metadata {metadata} 0 R>>\nendobj\n");
    add(catalog_at, &mut file, &catalog);
    let stream = format!(
        "{metadata} 0 obj\n<</Type/Metadata/Subtype/XML/Length {}>>\nstream\n{xml}\nendstream\nendobj\n",
        xml.len()
    );
    add(metadata_at, &mut file, &stream);
    let table = file.len();
    // The lines of the table have a fixed length, for which the blank at their ends is needed.
    let [catalog_at, metadata_at] = offsets;
    let update = format!(
        "xref\n{root} 1\n{catalog_at:010} 00000 n \n{metadata} 1\n{metadata_at:010} 00000 n \n\
         trailer\n<</Size {}{}/Prev {}>>\nstartxref\n{table}\n%%EOF",
        metadata + 1,
        end.rest,
        end.table
    );
    file.extend(update.as_bytes());
    Ok(file)
}

/// What the end of a file says.
struct Ending {
    /// One more than the largest number of an object.
    size: usize,
    /// The number of the catalog.
    root: usize,
    /// What else the trailer says.
    rest: String,
    /// Where the table is.
    table: usize,
}

impl Ending {
    fn read(file: &[u8]) -> Option<Self> {
        const TRAILER: &[u8] = b"trailer\n<<";
        let start = memmem::rfind(file, TRAILER)?;
        let text = std::str::from_utf8(file.get(start + TRAILER.len()..)?).ok()?;
        let (entries, after) = text.split_once(">>\nstartxref\n")?;
        let (size, rest) = number(entries.strip_prefix("/Size ")?)?;
        let (root, _) = number(rest.split_once("/Root ")?.1)?;
        Some(Self { size, root, rest: rest.to_owned(), table: number(after)?.0 })
    }
}

/// The number that a text begins with, and what follows.
fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    Some((number.parse().ok()?, rest))
}

/// The entries of the catalog.
fn catalog(file: &[u8], number: usize) -> Option<String> {
    let start = format!("\n{number} 0 obj\n<<");
    let at = memmem::rfind(file, start.as_bytes())?;
    let rest = file.get(at + start.len()..)?;
    let end = memmem::find(rest, b">>\nendobj")?;
    String::from_utf8(rest.get(..end)?.to_owned()).ok()
}

/// The metadata as XML, between the marks by which programs find them.
fn packet(provenance: &str) -> String {
    format!(
        "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\">\n{}\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n\
         <?xpacket end=\"r\"?>",
        carried::element(provenance)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_pdf_of_ours_is_an_error() {
        for file in ["", "%PDF-1.7\n", "trailer\n<</Size 3/Root 2 0 R>>\nstartxref\n9\n%%EOF"] {
            assert!(append(file.as_bytes().to_vec(), "{}").is_err(), "{file}");
        }
    }
}
