use super::{Failure, print};
use crate::schema::schema;

/// `liege schema`: prints the JSON Schema of a spec.
pub fn run() -> Result<(), Failure> {
    print(&format!("{:#}\n", schema()))
}
