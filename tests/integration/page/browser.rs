//! The page and the picture in a real browser, on a wide and on a narrow screen.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// Where `tests/run --clients` has found or installed one; it says that nothing is looked at where it has not.
pub fn browser() -> Option<PathBuf> {
    std::env::var_os("PG_GLOBALS_BROWSER").map(PathBuf::from)
}

/// Looks at everything in a page that is seen, and writes down what is wrong.
const LOOK: &str = r#"<script>
addEventListener("load", () => {
  const wrong = [], all = document.documentElement;
  if (all.scrollWidth > innerWidth) wrong.push(`the page is ${all.scrollWidth} wide`);
  const seen = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0; };
  const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const overlap = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  // What scrolls by itself may be wider than the screen.
  for (const e of document.querySelectorAll("h1,h2,h3,p,li,dt,dd,td,th,summary,label")) {
    if (!seen(e) || e.closest("figure,pre,.table")) continue;
    const r = e.getBoundingClientRect();
    if (r.left < 0 || r.right > innerWidth + 1) wrong.push(`${e.tagName} leaves the screen: ${e.textContent.slice(0, 40)}`);
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) wrong.push(`${e.tagName} overflows: ${e.textContent.slice(0, 40)}`);
  }
  for (const row of document.querySelectorAll("tr")) {
    const cells = [...row.children].filter(seen).map((e) => e.getBoundingClientRect());
    cells.forEach((a, i) => cells.slice(i + 1).forEach((b) => { if (overlap(a, b)) wrong.push("cells overlap: " + row.textContent.slice(0, 40)); }));
  }
  const boxes = [...document.querySelectorAll("svg .box")].map((g) => {
    const rects = [...g.querySelectorAll("rect")].map((r) => r.getBoundingClientRect());
    const own = rects.at(-1);
    for (const text of g.querySelectorAll("text"))
      if (!inside(text.getBoundingClientRect(), own)) wrong.push("a name leaves its box: " + text.textContent);
    return { own: rects[0].width > own.width ? rects[0] : own, name: g.querySelector(".name").textContent };
  });
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => { if (overlap(a.own, b.own)) wrong.push(`${a.name} is over ${b.name}`); }));
  const labels = [...document.querySelectorAll("svg .on")].map((e) => ({ r: e.getBoundingClientRect(), text: e.textContent }));
  labels.forEach((a, i) => {
    labels.slice(i + 1).forEach((b) => { if (overlap(a.r, b.r)) wrong.push(`labels overlap: ${a.text}, ${b.text}`); });
    boxes.forEach((b) => { if (overlap(a.r, b.own)) wrong.push(`${a.text} is over ${b.name}`); });
  });
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    for (const e of svg.querySelectorAll("rect,text,path.arrow"))
      if (!inside(e.getBoundingClientRect(), frame)) wrong.push(`${e.tagName} leaves the picture: ${e.textContent}`);
  }
  const result = document.createElement("script");
  result.type = "application/json"; result.id = "result";
  result.textContent = JSON.stringify({ width: innerWidth, boxes: boxes.length, labels: labels.length, height: all.scrollHeight, wrong });
  parent.document.body.append(result);
});
</script>"#;

/// What is seen of a page on a screen so wide, and the picture of it in a file beside those of others.
pub fn look(page: &str, width: u32, name: &str) -> Option<Value> {
    let browser = browser()?;
    let directory = tempfile::tempdir().unwrap();
    // The page allows no script but its own.
    let (before, rest) =
        page.split_once("<meta http-equiv=\"Content-Security-Policy\"").unwrap_or((page, ">"));
    let (_, rest) = rest.split_once('>').unwrap();
    let whole = match rest.rsplit_once("</body>") {
        Some((body, end)) => format!("{before}{body}{LOOK}</body>{end}"),
        None => format!(
            "<!DOCTYPE html><meta charset=utf-8><body style=\"margin:0\">{page}{LOOK}</body>"
        ),
    };
    // No window is as narrow as a telephone; a frame can be.
    let framed = whole.replace('&', "&amp;").replace('"', "&quot;");
    let framed = format!(
        "<!DOCTYPE html><meta charset=utf-8><body style=\"margin:0\">\
         <iframe style=\"width:{width}px;height:2000px;border:0\" srcdoc=\"{framed}\"></iframe></body>"
    );
    let [looked_at, shown] =
        [("looked-at.html", framed.as_str()), ("page.html", page)].map(|(file, text)| {
            let file = directory.path().join(file);
            fs::write(&file, text).unwrap();
            file
        });
    let dom = run(&browser, &directory, 1_400, 2_000, &["--dump-dom"], &looked_at);
    let (_, result) = dom.split_once("id=\"result\">").unwrap_or_else(|| panic!("{dom}"));
    let (result, _) = result.split_once("</script>").unwrap();
    let result: Value = serde_json::from_str(result).unwrap();
    assert_eq!(result["width"], width, "{result}");
    let height = result["height"].as_u64().unwrap().min(8_000);
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&pictures).unwrap();
    let picture = pictures.join(format!("{name}-{width}.png"));
    let option = format!("--screenshot={}", picture.display());
    run(&browser, &directory, width, u32::try_from(height).unwrap(), &[&option], &shown);
    let bytes = fs::read(&picture).unwrap();
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 4_000, "{}", picture.display());
    Some(result)
}

fn run(
    browser: &Path,
    directory: &TempDir,
    width: u32,
    height: u32,
    more: &[&str],
    page: &Path,
) -> String {
    let profile = tempfile::tempdir_in(directory.path()).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--hide-scrollbars", "--force-prefers-reduced-motion"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={width},{height}"))
        .args(more)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}
