/** The small parts of which all pages are made. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { codeOf, sentenceOf, type Fault } from "../api/fault.js";
import { useConsole, type Live } from "../state/console.js";
import type { Polled } from "../state/poll.js";
import type { Route } from "../state/router.js";
import { distanceInWords, exact, localTime } from "../words/time.js";

/** A page: its heading, what can be done with the whole of it, and when it was last brought up to date. */
export function Page(props: {
  readonly title: string;
  /** Uses the whole of a broad screen. */
  readonly wide?: boolean;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
  /** What the page keeps asking for. */
  readonly live?: Polled<unknown>;
  readonly children: ComponentChildren;
}) {
  const { title, wide = false, aside, live, children } = props;
  useEffect(() => {
    document.title = `${title} · Admit One console`;
  }, [title]);
  return (
    <main class={wide ? "page wide" : "page"} id="page">
      <header class="page-head">
        <div class="row">
          <h1 tabIndex={-1}>{title}</h1>
          {aside}
        </div>
        {live !== undefined && <Freshness live={live} />}
      </header>
      {children}
    </main>
  );
}

/** When something was last brought up to date, or that the line is lost. It keeps its place, so that nothing moves. */
function Freshness({ live: { fault, updatedAt } }: { readonly live: Polled<unknown> }) {
  const isLost = fault?.kind === "away";
  return (
    <p class="freshness small">
      <span role="status" class={isLost ? "lost" : undefined}>
        {isLost ? "Connection lost, trying again." : ""}
      </span>{" "}
      {updatedAt !== null && (
        <span class="muted">
          Updated <When at={updatedAt} />
        </span>
      )}
    </p>
  );
}

/** A part of a page under a heading of its own. */
export function Section(props: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="card section" aria-label={props.title}>
      <div class="section-head">
        <h2>{props.title}</h2>
        {props.aside !== undefined && <div class="row">{props.aside}</div>}
      </div>
      {props.children}
    </section>
  );
}

/** A coloured paragraph. What is bad is read out at once. */
export function Note({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  const isBad = tone === "danger";
  return (
    <div class={`note ${tone}`} {...(isBad ? { role: "alert" as const } : {})}>
      {children}
    </div>
  );
}

/** How something is meant. */
export type Tone = "plain" | "ok" | "warn" | "danger" | "accent";

/** Why something failed: a sentence, and the stable code to look up. */
export function FaultNote({ fault }: { readonly fault: Fault | null }) {
  if (fault === null) return null;
  return (
    <Note tone="danger">
      {sentenceOf(fault)} <code class="code-tag">{codeOf(fault)}</code>
    </Note>
  );
}

/** A word or number in a rounded box. */
export function Badge({
  tone = "plain",
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** An instant as the reader's clock shows it; the exact one is in the title. */
export function When({ at, relative = false }: { readonly at: number; readonly relative?: boolean }) {
  const { surroundings } = useConsole();
  const now = surroundings.now();
  return (
    <time dateTime={exact(at)} title={exact(at)} class="tabular">
      {relative ? distanceInWords(at, now) : localTime(at, now)}
    </time>
  );
}

/** Nothing is here yet, and what to do about it. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children !== undefined && <p class="muted">{children}</p>}
    </div>
  );
}

/** Something is on its way. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading muted" role="status">
      Loading {what}…
    </p>
  );
}

/** Shows what was asked for as soon as it is there, and keeps it when a later answer does not come. */
export function Loaded<T>(props: {
  readonly live: Live<T>;
  /** What is awaited, for the sentence that says so. */
  readonly what: string;
  readonly children: (data: T) => ComponentChildren;
}) {
  const { live, what, children } = props;
  const { data, fault } = live;
  // That the line is lost stands at the head of the page.
  const shown = fault?.kind === "away" && data !== null ? null : fault;
  return (
    <>
      <FaultNote fault={shown} />
      {data !== null ? children(data) : fault === null ? <Loading what={what} /> : null}
    </>
  );
}

/** A link within the console; opening it in a new tab works as with any other. */
export function Link(props: {
  readonly to: Route;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}) {
  const { go, linkTo } = useConsole();
  const { to, current = false, children } = props;
  return (
    <a
      href={linkTo(to)}
      {...(props.class === undefined ? {} : { class: props.class })}
      {...(current ? { "aria-current": "page" as const } : {})}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

/** Names and values below each other. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
