//! Small trees, each with what the checks say of a plan over them.
