//! What a page holds for programs.

/// What a page of a copy begins and ends its plan with, which is JSON.
pub(super) const PLAN: [&str; 2] = ["<script type=\"application/json\" id=\"plan\">", "</script>"];

/// The plan's JSON in a page; none where this is no page of a copy.
pub fn plan(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(PLAN[0])?;
    rest.split_once(PLAN[1]).map(|(json, _)| json)
}
