/** The look of the API's page. */
export const DOCS_STYLE = `
html { scroll-padding-top: 1rem; }
.frame { display: grid; grid-template-columns: 17.5rem minmax(0, 1fr); max-width: 100rem; margin: 0 auto; }
nav { position: sticky; top: 0; align-self: start; height: 100vh; overflow-y: auto; border-right: 1px solid var(--line);
  padding: 1.25rem 1rem 2rem; font-size: .875rem; overflow-wrap: normal; }
nav input, nav label { display: none; }
nav h2 { font-size: .75rem; letter-spacing: .05em; text-transform: uppercase; color: var(--faint); margin: 1.25rem 0 .25rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .2rem .4rem; border-radius: 6px; color: inherit; text-decoration: none; }
nav li a:hover { background: var(--raised); color: var(--accent); }
main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 5rem; min-width: 0; max-width: 76rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; } h1 small { font-size: 1rem; font-weight: 400; color: var(--faint); }
main > h2 { font-size: 1.5rem; margin: 3.5rem 0 1rem; padding-bottom: .4rem; border-bottom: 2px solid var(--line); }
article { border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem clamp(.9rem, 2vw, 1.5rem); margin: 0 0 1.25rem;
  background: var(--raised); }
article h3 { margin: 0 0 .6rem; font-size: 1.1rem; } article h3 a { color: inherit; text-decoration: none; }
article h4 { margin: 1.25rem 0 .4rem; font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--faint); }
article > :last-child { margin-bottom: 0; }
p { margin: .5rem 0; max-width: 46rem; }
code, pre { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .875em; }
code { background: var(--code); border-radius: 4px; padding: .1em .3em; }
pre { background: var(--code); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; margin: 0; line-height: 1.45;
  overflow-wrap: normal; }
.line { display: flex; flex-wrap: wrap; gap: .4rem .75rem; align-items: center; margin-bottom: .4rem; }
.line > code { background: none; padding: 0; font-size: .95rem; }
.method { font: 700 .72rem/1 ui-monospace, monospace; letter-spacing: .04em; padding: .35em .55em; border-radius: 5px;
  color: var(--ground); background: var(--accent); }
.method.post { background: var(--yes); } .method.delete { background: var(--no); }
.access { font-size: .78rem; color: var(--faint); border: 1px solid var(--line); border-radius: 99px; padding: .1em .7em; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; font-weight: 600; color: var(--faint); font-size: .8rem; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td:first-child { min-width: 9rem; width: 30%; } td:nth-child(2) { width: 26%; }
.errors td:first-child { width: 45%; } .errors td:nth-child(2) { width: 4.5rem; }
td em { font-style: normal; font-size: .72rem; color: var(--faint); white-space: nowrap; } td em.must { color: var(--no); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
article:target { border-color: var(--accent); }
@media (max-width: 56rem) {
  .frame { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); padding: .75rem 1rem; }
  nav label { display: block; font-weight: 700; font-size: 1rem; padding: .35rem 0; cursor: pointer; }
  nav label::before { content: "\\2630"; margin-right: .6em; } nav div { display: none; } nav input:checked ~ div { display: block; }
  nav input { display: block; position: absolute; opacity: 0; } nav input:focus-visible + label { outline: 3px solid var(--accent); }
  main { padding-top: 1.25rem; }
  table, tbody, tr, td { display: block; } thead { display: none; }
  tr { padding: .5rem 0; border-bottom: 1px solid var(--line); } tr:last-child { border-bottom: 0; }
  td, td:first-child, td:nth-child(2), .errors td:first-child, .errors td:nth-child(2) { border: 0; padding: .1rem 0; width: auto; min-width: 0; }
}
`;
