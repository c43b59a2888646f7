//! liege builds native .deb and .rpm packages for Python applications run by uWSGI from one declarative spec of a site.
//!
//! The flow, from left to right: a spec's text ([`source`]) is read into types ([`read`], [`spec`], [`value`]), put on the
//! OS families it is for ([`family`], [`site`]) and checked ([`rule`], [`diagnostic`]). With the templates ([`template`])
//! each application becomes a format-neutral package ([`package`]), which is printed ([`plan`]) or packed ([`format`]) and
//! written ([`output`], [`manifest`]), with what tells of them ([`sbom`], [`provenance`]). What was built is signed ([`sign`]) and added to repositories ([`repository`],
//! [`publish`], [`store`]), which are re-checked ([`verify`], [`seen`], [`rebuild`]). Only [`cli`] prints.

pub mod bounded;
pub mod cache;
pub mod cli;
pub mod client;
pub mod comparison;
pub mod date;
pub mod diagnostic;
pub mod effect;
pub mod family;
pub mod format;
pub mod former;
pub mod import;
pub mod init;
pub mod join;
pub mod level;
pub mod lock;
pub mod manifest;
pub mod output;
pub mod pack;
pub mod package;
pub mod plan;
pub mod provenance;
pub mod publish;
pub mod read;
pub mod rebuild;
pub mod reference;
pub mod release;
pub mod report;
pub mod repository;
pub mod rule;
pub mod sbom;
pub mod schema;
pub mod seen;
pub mod shard;
pub mod sign;
pub mod site;
pub mod source;
pub mod spec;
pub mod store;
pub mod template;
pub mod unpacked;
pub mod uwsgi;
pub mod value;
pub mod verify;
