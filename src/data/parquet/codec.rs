//! The codecs that pages are compressed with.

use std::io::Read;

/// A page larger than this holds more than is read at a time.
const LARGEST_PAGE: usize = 1 << 29;

/// A page up to this size may be of any few bytes: a column that is constant is packed to nothing.
const SMALL_PAGE: usize = 1 << 26;

/// Beyond that a page that is packed to less than one of so many is refused. gzip, Snappy and LZ4 make
/// none; Zstandard can, of a constant.
const MOST_PACKED: usize = 1100;

/// How a page is compressed.
#[derive(Clone, Copy)]
pub(super) enum Codec {
    None,
    Snappy,
    Gzip,
    Zstd,
    Lz4,
}

impl Codec {
    /// By the format's number; the name of those that are not read.
    pub(super) fn of(number: i64) -> Result<Self, &'static str> {
        Ok(match number {
            0 => Self::None,
            1 => Self::Snappy,
            2 => Self::Gzip,
            6 => Self::Zstd,
            7 => Self::Lz4,
            3 => return Err("LZO"),
            4 => return Err("Brotli"),
            5 => return Err("the LZ4 of Hadoop"),
            _ => return Err("what is not known"),
        })
    }

    /// So many bytes, which these were compressed to; `None` if they are not. Room is taken for what
    /// there may be of them, and touched only where there is something.
    pub(super) fn unpack(self, packed: &[u8], length: usize) -> Option<Vec<u8>> {
        let most = packed.len().saturating_mul(MOST_PACKED).max(SMALL_PAGE);
        if length > most.min(LARGEST_PAGE) {
            return None;
        }
        let mut bytes = vec![0; length];
        let found = match self {
            Self::None => return (packed.len() == length).then(|| packed.to_vec()),
            // Of nothing some writers make nothing.
            _ if length == 0 => 0,
            Self::Snappy => {
                let said = snap::raw::decompress_len(packed).ok()?;
                let room = bytes.get_mut(..said)?;
                snap::raw::Decoder::new().decompress(packed, room).ok()?
            }
            Self::Gzip => {
                let mut reader = flate2::read::MultiGzDecoder::new(packed);
                reader.read_exact(&mut bytes).ok()?;
                length + reader.read(&mut [0]).ok()?
            }
            Self::Zstd => {
                ruzstd::decoding::FrameDecoder::new().decode_all(packed, &mut bytes).ok()?
            }
            Self::Lz4 => lz4_flex::block::decompress_into(packed, &mut bytes).ok()?,
        };
        (found == length).then_some(bytes)
    }
}
