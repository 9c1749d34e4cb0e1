//! GIF: a comment, found by walking from block to block; pixels are not unpacked.

use super::{Error, LARGEST};
use crate::render::carried::KEYWORD;

/// What a GIF file carries.
///
/// # Errors
///
/// If there is nothing, or the blocks do not follow each other as they should.
pub fn gif(file: &[u8]) -> Result<String, Error> {
    let mut blocks = Blocks { rest: file.get(6..).ok_or_else(short)? };
    let screen = blocks.take(7)?;
    blocks.colors(screen[4])?;
    loop {
        match blocks.take(1)?[0] {
            EXTENSION => {
                let label = blocks.take(1)?[0];
                let content = blocks.content(label == COMMENT)?;
                let text = content.strip_prefix(KEYWORD.as_bytes());
                if let Some(text) = text.and_then(|text| text.strip_prefix(b" ")) {
                    let text = String::from_utf8(text.to_vec());
                    return text.map_err(|_| Error::Damaged("its comment is no text".to_owned()));
                }
            }
            IMAGE => {
                let image = blocks.take(9)?;
                blocks.colors(image[8])?;
                blocks.take(1)?;
                blocks.content(false)?;
            }
            END => return Err(Error::Nothing),
            _ => return Err(Error::Damaged("a block of it is of no known kind".to_owned())),
        }
    }
}

const EXTENSION: u8 = 0x21;
const COMMENT: u8 = 0xFE;
const IMAGE: u8 = 0x2C;
const END: u8 = 0x3B;

fn short() -> Error {
    Error::Damaged("the file ends in the middle of a block".to_owned())
}

struct Blocks<'a> {
    rest: &'a [u8],
}

impl<'a> Blocks<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(short)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Skips the table of colours, if the flags say that there is one.
    fn colors(&mut self, flags: u8) -> Result<(), Error> {
        if flags & 0x80 != 0 {
            self.take(3 << ((flags & 7) + 1))?;
        }
        Ok(())
    }

    /// The parts of a block up to its end, together if they are to be kept.
    fn content(&mut self, keep: bool) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        loop {
            let length = usize::from(self.take(1)?[0]);
            if length == 0 {
                return Ok(content);
            }
            let part = self.take(length)?;
            if keep {
                content.extend(part);
            }
            if content.len() > LARGEST {
                return Err(Error::Large);
            }
        }
    }
}
