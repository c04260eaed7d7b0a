//! Dumps as pg_dumpall 18 writes them, of any size.

use std::io::{self, Write};

/// What the databases of a cluster dump hold.
#[derive(Clone, Copy, PartialEq)]
pub enum Data {
    /// `COPY … FROM stdin` with its lines.
    Copy,
    /// One `INSERT` a row, as with `--inserts`.
    Inserts,
}

const HEADER: &str = "--
-- PostgreSQL database cluster dump
--

\\restrict benchmark

SET default_transaction_read_only = off;

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

";

const TRAILER: &str = "--
-- PostgreSQL database cluster dump complete
--

";

/// A globals dump. Most roles are users with a verifier, every tenth is a group; each user is a
/// member of one group, every fourth has a setting, every eighth a comment.
pub fn globals(out: &mut impl Write, roles: u32) -> io::Result<()> {
    globals_dump(out, roles, When::Now)
}

/// The same a while later: every hundredth role is different.
pub fn later_globals(out: &mut impl Write, roles: u32) -> io::Result<()> {
    globals_dump(out, roles, When::Later)
}

#[derive(Clone, Copy, PartialEq)]
enum When {
    Now,
    Later,
}

fn globals_dump(out: &mut impl Write, roles: u32, when: When) -> io::Result<()> {
    out.write_all(HEADER.as_bytes())?;
    role_statements(out, roles, when)?;
    out.write_all(b"\\unrestrict benchmark\n\n")?;
    out.write_all(TRAILER.as_bytes())
}

fn role_statements(out: &mut impl Write, roles: u32, when: When) -> io::Result<()> {
    let name = |role: u32| {
        let kind = if is_group(role) { "team" } else { "customer" };
        format!("{kind}_{role:06}_account")
    };
    out.write_all(b"--\n-- Roles\n--\n\n")?;
    for role in 0..roles {
        let name = name(role);
        writeln!(out, "CREATE ROLE {name};")?;
        write!(out, "ALTER ROLE {name} WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB ")?;
        if when == When::Later && role % 100 == 3 {
            write!(out, "CONNECTION LIMIT 5 ")?;
        }
        if is_group(role) {
            writeln!(out, "NOLOGIN NOREPLICATION NOBYPASSRLS;")?;
        } else {
            let verifier = verifier(role);
            writeln!(out, "LOGIN NOREPLICATION NOBYPASSRLS PASSWORD '{verifier}';")?;
        }
        if role % 8 == 0 {
            writeln!(out, "COMMENT ON ROLE {name} IS 'account no. {role}, it''s made by hand';")?;
        }
    }
    out.write_all(b"\n--\n-- User Configurations\n--\n")?;
    for role in (0..roles).filter(|role| role % 4 == 1) {
        let name = name(role);
        write!(out, "\n--\n-- User Config \"{name}\"\n--\n\n")?;
        writeln!(out, "ALTER ROLE {name} SET search_path TO '$user', 'public', 'shared';")?;
    }
    out.write_all(b"\n\n--\n-- Role memberships\n--\n\n")?;
    for role in (0..roles).filter(|&role| !is_group(role)) {
        let (group, member) = (name(role - role % 10), name(role));
        writeln!(out, "GRANT {group} TO {member} WITH INHERIT TRUE GRANTED BY postgres;")?;
    }
    out.write_all(b"\n\n")
}

fn is_group(role: u32) -> bool {
    role.is_multiple_of(10)
}

/// A verifier that looks like one, and is no one's.
fn verifier(role: u32) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = u64::from(role) + 1;
    let mut base64 = |length: usize, end: &str| {
        let mut text = String::with_capacity(length + 2);
        for _ in 0..length {
            // Knuth's generator of 64 bits; the high ones are the random ones.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push(char::from(DIGITS[(state >> 58) as usize]));
        }
        text + end
    };
    format!("SCRAM-SHA-256$4096:{}${}:{}", base64(22, "=="), base64(43, "="), base64(43, "="))
}

/// A dump of a whole cluster: a few roles, and so many bytes of data.
pub fn cluster(out: &mut impl Write, data: Data, size: u64) -> io::Result<()> {
    out.write_all(HEADER.as_bytes())?;
    role_statements(out, 100, When::Now)?;
    out.write_all(
        b"\\unrestrict benchmark\n\n--\n-- Databases\n--\n\n--\n-- Database \"shop\" dump\n--\n\n\
          CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';\n\n\\connect shop\n\n\
          --\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n\n",
    )?;
    let mut written = 0;
    let mut table = 0;
    let mut row = 0_u64;
    while written < size {
        table += 1;
        write!(
            out,
            "--\n-- Name: orders_{table}; Type: TABLE; Schema: public; Owner: shop\n--\n\n\
             CREATE TABLE public.orders_{table} (\n    id bigint NOT NULL,\n    note text\n);\n\n\n"
        )?;
        if data == Data::Copy {
            writeln!(out, "COPY public.orders_{table} (id, at, amount, city, note) FROM stdin;")?;
        }
        // A table has up to 64 MiB.
        let end = size.min(written + (64 << 20));
        while written < end {
            row += 1;
            let (amount, house) = (row * 7_919 % 100_000, row % 211);
            let line = match data {
                Data::Copy => format!(
                    "{row}\t2026-03-04 05:06:07.{:06}+00\t{amount}.50\tGeneva\t\
                     left at no. {house}, the neighbour's; see \\\\notes\\n\n",
                    row % 1_000_000
                ),
                Data::Inserts => format!(
                    "INSERT INTO public.orders_{table} VALUES ({row}, \
                     '2026-03-04 05:06:07.{:06}+00', {amount}.50, 'Geneva', \
                     'left at no. {house}, the neighbour''s; see notes');\n",
                    row % 1_000_000
                ),
            };
            out.write_all(line.as_bytes())?;
            written += line.len() as u64;
        }
        if data == Data::Copy {
            out.write_all(b"\\.\n")?;
        }
        out.write_all(b"\n\n")?;
    }
    out.write_all(b"--\n-- PostgreSQL database dump complete\n--\n\n")?;
    out.write_all(TRAILER.as_bytes())
}
