//! PNG files taken apart and put together with right check sums, and things that unpack to more
//! than they look like.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::bytes::{Change, change, changed};

/// What happens to the chunks of a PNG file; their check sums are right again afterwards.
#[derive(Debug, Clone)]
pub(crate) enum Surgery {
    /// Changes what a chunk holds.
    Inside(Index, Vec<Change>),
    Repeat(Index, usize),
    Drop(Index),
    Swap(Index, Index),
    /// The size that the header states.
    Size(u32, u32),
    /// A chunk of this kind that unpacks to so many MiB, at this place.
    Bomb(Index, &'static [u8; 4], usize),
}

/// Some of them.
pub(crate) fn surgery() -> impl Strategy<Value = Vec<Surgery>> {
    let at = any::<Index>;
    let side = || select(vec![1_u32, 300, 20_000, 20_001, 65_535, 0x7fff_ffff, u32::MAX]);
    let kinds = select(vec![b"iTXt", b"zTXt", b"iCCP", b"IDAT", b"fdAT", b"tEXt"]);
    let one = prop_oneof![
        3 => (at(), prop::collection::vec(change(), 1..4)).prop_map(|(i, c)| Surgery::Inside(i, c)),
        1 => (at(), select(vec![1_usize, 2, 100, 3000])).prop_map(|(i, n)| Surgery::Repeat(i, n)),
        1 => at().prop_map(Surgery::Drop),
        1 => (at(), at()).prop_map(|(i, j)| Surgery::Swap(i, j)),
        1 => (side(), side()).prop_map(|(w, h)| Surgery::Size(w, h)),
        1 => (at(), kinds, select(vec![1_usize, 15, 17, 100])).prop_map(|(i, k, n)| Surgery::Bomb(i, k, n)),
    ];
    prop::collection::vec(one, 0..4)
}

/// A PNG file after surgery; other files stay as they are.
pub(crate) fn operated(file: &[u8], surgery: &[Surgery]) -> Vec<u8> {
    let Some(mut chunks) = chunks(file) else { return file.to_vec() };
    for one in surgery {
        let count = chunks.len();
        if count == 0 {
            break;
        }
        match one {
            Surgery::Inside(at, changes) => {
                let chunk = &mut chunks[at.index(count)];
                chunk.1 = changed(&chunk.1, changes);
            }
            Surgery::Repeat(at, times) => {
                let at = at.index(count);
                let chunk = chunks[at].clone();
                let times = (*times).min((1 << 20) / (chunk.1.len() + 12));
                chunks.splice(at..at, std::iter::repeat_n(chunk, times));
            }
            Surgery::Drop(at) => drop(chunks.remove(at.index(count))),
            Surgery::Swap(one, other) => chunks.swap(one.index(count), other.index(count)),
            Surgery::Size(width, height) => {
                if let Some(size) = chunks[0].1.get_mut(..8) {
                    size[..4].copy_from_slice(&width.to_be_bytes());
                    size[4..].copy_from_slice(&height.to_be_bytes());
                }
            }
            Surgery::Bomb(at, kind, mebibytes) => {
                chunks.insert(at.index(count) + 1, large(kind, *mebibytes));
            }
        }
    }
    png(&chunks)
}

/// A chunk that unpacks to so many MiB.
fn large(kind: &[u8; 4], mebibytes: usize) -> Chunk {
    let before: &[u8] = match kind {
        b"iTXt" => b"elbow\0\x01\0\0\0",
        b"zTXt" | b"iCCP" => b"elbow\0\0",
        b"tEXt" => b"elbow\0",
        b"fdAT" => b"\0\0\0\x02",
        _ => b"",
    };
    (*kind, [before, bomb(mebibytes)].concat())
}

/// A PNG file with a chunk before its pixels that unpacks to so many MiB.
pub(crate) fn with_large(file: &[u8], kind: &[u8; 4], mebibytes: usize) -> Vec<u8> {
    let mut chunks = chunks(file).unwrap();
    chunks.insert(1, large(kind, mebibytes));
    png(&chunks)
}

type Chunk = ([u8; 4], Vec<u8>);

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

fn chunks(file: &[u8]) -> Option<Vec<Chunk>> {
    let mut rest = file.strip_prefix(SIGNATURE)?;
    let mut chunks = Vec::new();
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
        chunks.push((head[4..].try_into().ok()?, after.get(..length)?.to_vec()));
        rest = after.get(length + 4..)?;
    }
    Some(chunks)
}

fn png(chunks: &[Chunk]) -> Vec<u8> {
    let mut file = SIGNATURE.to_vec();
    for (kind, data) in chunks {
        file.extend((data.len() as u32).to_be_bytes());
        let mut sum = flate2::Crc::new();
        for part in [kind.as_slice(), data] {
            sum.update(part);
            file.extend(part);
        }
        file.extend(sum.sum().to_be_bytes());
    }
    file
}

/// So many MiB of one letter, packed.
pub(crate) fn bomb(mebibytes: usize) -> &'static [u8] {
    use std::collections::BTreeMap;
    use std::sync::Mutex;
    static MADE: Mutex<BTreeMap<usize, &'static [u8]>> = Mutex::new(BTreeMap::new());
    MADE.lock().unwrap().entry(mebibytes).or_insert_with(|| {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
        (0..16 * mebibytes).for_each(|_| packed.write_all(&[b'a'; 1 << 16]).unwrap());
        packed.finish().unwrap().leak()
    })
}

/// A PNG file without pixels that matter that carries a text, packed.
pub(crate) fn carrying(file: &[u8], text: &str) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(b"elbow\0\x01\0\0\0".to_vec(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let mut chunks = chunks(file).unwrap();
    chunks.retain(|(kind, _)| kind != b"iTXt");
    chunks.insert(1, (*b"iTXt", packed.finish().unwrap()));
    png(&chunks)
}
