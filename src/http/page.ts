/** Pages made on the server. Whatever is put into one is escaped, unless it was made here: names come from strangers. */
import { REFUSALS, type Refusal } from "../protocol/refusals.js";

/** Markup that is safe to send. Only `markup` and `style` make it. */
export class Html {
  private constructor(readonly text: string) {}

  /** Text of our own, as it is. Never for anything that came from outside. */
  static trusted(text: string): Html {
    return new Html(text);
  }
}

/** What may stand in a template. */
type Inside = string | number | Html | readonly Html[];

/** Markup from a template; texts and numbers in it are escaped. */
export function markup(parts: TemplateStringsArray, ...values: readonly Inside[]): Html {
  const text = values.reduce<string>(
    (done, value, index) => done + textOf(value) + (parts[index + 1] ?? ""),
    parts[0] ?? "",
  );
  return Html.trusted(text);
}

function textOf(value: Inside): string {
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return escapeHtml(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for the inside of an element or of a quoted attribute. Signs that turn the direction of writing are shown, not obeyed. */
function escapeHtml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "")
    .replaceAll(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g, "\ufffd");
}

/** Colours of all pages, light and dark. */
const COLOURS = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f6f7f9; --line: #dfe3e8; --text: #1c2430; --faint: #5b6675;
  --accent: #1659c7; --yes: #18794e; --no: #b42318; --warn: #915907; --code: #f0f2f5; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --raised: #1a2029; --line: #2d3643; --text: #e4e9f0;
  --faint: #98a4b5; --accent: #82b1ff; --yes: #5fd39b; --no: #ff8f85; --warn: #e8b55f; --code: #222a35; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, -apple-system, "Segoe UI",
  Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); }
`;

/** A whole page. `style` and `body` are ours; the title is escaped. */
export function page({
  title,
  style,
  body,
}: {
  readonly title: string;
  readonly style: string;
  readonly body: Html;
}): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <style>
          ${Html.trusted(COLOURS + style)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`.text;
}

/** The look of pages that say one thing. */
const CARD = `
main { max-width: 30rem; margin: 0 auto; padding: clamp(1rem, 8vh, 5rem) 1rem 2rem; }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .75rem; }
p { margin: 0 0 .75rem; } .card > :last-child { margin-bottom: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1.25rem; }
dt { color: var(--faint); } dd { margin: 0; }
form { margin: 0 0 1rem; } form + form { border-top: 1px solid var(--line); padding-top: 1rem; }
label { display: block; color: var(--faint); font-size: .9rem; margin-bottom: .25rem; }
input, textarea { width: 100%; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line);
  border-radius: 8px; padding: .5rem .65rem; margin-bottom: .65rem; }
button { width: 100%; font: inherit; font-weight: 600; padding: .7rem; border-radius: 8px; border: 1px solid currentcolor;
  background: transparent; cursor: pointer; }
button.yes { background: var(--yes); border-color: var(--yes); color: var(--ground); } button.no { color: var(--no); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
footer { color: var(--faint); font-size: .85rem; padding: .75rem .25rem 0; }
`;

/** A page with one card on it. */
export function cardPage(title: string, inside: Html): string {
  const body = markup`<main>
    <div class="card">
      <h1>${title}</h1>
      ${inside}
    </div>
    <footer>Admit One</footer>
  </main>`;
  return page({ title, style: CARD, body });
}

/** A refusal for people. */
export function refusalPage({ reason, details = {} }: Refusal): string {
  const { message } = REFUSALS[reason];
  const { decision, decidedBy, decidedByName, problem } = details;
  const said: Html[] = [];
  if (reason === "already_decided" && typeof decidedBy === "string") {
    const name = typeof decidedByName === "string" ? decidedByName : "";
    said.push(decidedText(decision === "allowed", name, decidedBy));
  } else if (typeof problem === "string") said.push(markup`<p>${problem}</p>`);
  return cardPage(
    message,
    markup`${said}
      <p>Reason: <code>${reason}</code></p>`,
  );
}

/** How a knock was answered and by whom; `by` is a participant's id, `api` or `rule`. */
export function decidedText(allowed: boolean, name: string, by: string): Html {
  const kinds: Readonly<Record<string, string>> = { api: "a back end", rule: "a rule of the room" };
  const who = name === "" ? (kinds[by] ?? by) : name;
  return markup`<p><strong>${allowed ? "Admitted" : "Denied"}</strong> by <bdi>${who}</bdi>.</p>`;
}
