//! The values of a chunk, decoded in batches.

use std::sync::Arc;

use ::parquet::basic::{Repetition, Type as Stored};
use ::parquet::column::reader::ColumnReaderImpl;
use ::parquet::data_type::{
    BoolType, ByteArrayType, DataType, DoubleType, FloatType, Int32Type, Int64Type,
};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::schema::types::{ColumnDescriptor, ColumnPath, Type};

use super::footer::{Column, Holds};
use super::pages::Pages;

/// How many rows are decoded at a time.
const BATCH: usize = 1 << 13;

/// The numbers of a chunk, each handed over with its row; where there is none, NaN. Whole numbers
/// beyond 2^53 are rounded.
pub(super) fn numbers(
    column: &Column,
    pages: Pages,
    mut each: impl FnMut(usize, f64),
) -> Result<()> {
    let mut put = |row, number: Option<f64>| each(row, number.unwrap_or(f64::NAN));
    match column.holds {
        Holds::Truth => {
            read::<BoolType>(column, pages, |row, x| put(row, x.map(|x| f64::from(u8::from(*x)))))
        }
        Holds::Int32 => {
            read::<Int32Type>(column, pages, |row, x| put(row, x.map(|x| f64::from(*x))))
        }
        Holds::Unsigned32 => {
            read::<Int32Type>(column, pages, |row, x| put(row, x.map(|x| f64::from(*x as u32))))
        }
        Holds::Int64 => read::<Int64Type>(column, pages, |row, x| put(row, x.map(|x| *x as f64))),
        Holds::Unsigned64 => {
            read::<Int64Type>(column, pages, |row, x| put(row, x.map(|x| *x as u64 as f64)))
        }
        Holds::Float => {
            read::<FloatType>(column, pages, |row, x| put(row, x.map(|x| f64::from(*x))))
        }
        Holds::Double => read::<DoubleType>(column, pages, |row, x| put(row, x.copied())),
        Holds::Text | Holds::Other(_) => Err(not_numbers()),
    }
}

/// The texts of a chunk, each handed over with its row; `None` where there is none.
pub(super) fn texts(
    column: &Column,
    pages: Pages,
    mut each: impl FnMut(usize, Option<&[u8]>),
) -> Result<()> {
    read::<ByteArrayType>(column, pages, |row, text| each(row, text.map(|text| text.data())))
}

fn read<T: DataType>(
    column: &Column,
    pages: Pages,
    mut each: impl FnMut(usize, Option<&T::T>),
) -> Result<()> {
    let rows = pages.rows as usize;
    let mut reader = ColumnReaderImpl::<T>::new(Arc::new(descriptor(column)?), Box::new(pages));
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let mut row = 0;
    while row < rows {
        levels.clear();
        values.clear();
        let most = BATCH.min(rows - row);
        let (count, _, _) = reader.read_records(most, Some(&mut levels), None, &mut values)?;
        if count == 0 {
            return Err(ParquetError::General("a chunk has too few rows".to_owned()));
        }
        let mut present = values.iter();
        for i in 0..count {
            let is_there = !column.is_optional || levels.get(i) == Some(&1);
            each(row + i, if is_there { present.next() } else { None });
        }
        row += count;
    }
    Ok(())
}

/// The column as the crate knows it.
fn descriptor(column: &Column) -> Result<ColumnDescriptor> {
    let stored = match column.holds {
        Holds::Truth => Stored::BOOLEAN,
        Holds::Int32 | Holds::Unsigned32 => Stored::INT32,
        Holds::Int64 | Holds::Unsigned64 => Stored::INT64,
        Holds::Float => Stored::FLOAT,
        Holds::Double => Stored::DOUBLE,
        Holds::Text => Stored::BYTE_ARRAY,
        Holds::Other(_) => return Err(not_numbers()),
    };
    let (repetition, level) = match column.is_optional {
        true => (Repetition::OPTIONAL, 1),
        false => (Repetition::REQUIRED, 0),
    };
    let name = &column.name;
    let own = Type::primitive_type_builder(name, stored).with_repetition(repetition).build()?;
    Ok(ColumnDescriptor::new(Arc::new(own), level, 0, ColumnPath::new(vec![name.clone()])))
}

fn not_numbers() -> ParquetError {
    ParquetError::General("it holds no numbers".to_owned())
}
