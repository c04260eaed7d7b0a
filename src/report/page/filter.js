for (const table of document.querySelectorAll("table")) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 20) continue;
  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = `filter ${rows.length} rows`;
  input.setAttribute("aria-label", "filter the rows of this table");
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
  table.parentElement.before(input);
}
