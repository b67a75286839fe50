/** The frame around every page but the room. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface PageProps {
  readonly roomId: string;
  readonly children: ComponentChildren;
}

/** A head with the room's id, and the content in the middle. */
export function Page({ roomId, children }: PageProps) {
  return (
    <div class="page">
      <header class="page-head">
        <span class="brand">Admit One</span>
        {roomId === "" ? null : <span class="muted small room-id">Room {roomId}</span>}
      </header>
      <main class="page-main">{children}</main>
    </div>
  );
}

/** The title of a page. It takes the focus, so that a screen reader begins there when one page follows another. */
export function PageTitle({ children }: { readonly children: ComponentChildren }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <h1 ref={title} tabIndex={-1} class="page-title">
      {children}
    </h1>
  );
}
