/** Before the door: how one looks and sounds, under which name one comes. */
import { useState } from "preact/hooks";
import type { Stage } from "../model/page-view.js";
import type { PageStore } from "../store/page-store.js";
import { DeviceChoice } from "./device-choice.js";
import { NameField } from "./name-field.js";
import { OwnMedia } from "./own-media.js";
import { PageTitle } from "./page.js";

interface CheckProps {
  readonly page: PageStore;
  readonly stage: Extract<Stage, { name: "check" }>;
}

/** The device check. */
export function Check({ page, stage: { knocks, fixedName } }: CheckProps) {
  const [name, setName] = useState(fixedName ?? page.wishes.name);
  const desk = page.preview;
  return (
    <form
      class="card wide check-page"
      data-testid="check"
      onSubmit={(event) => {
        event.preventDefault();
        void page.ask(name.trim());
      }}
    >
      <div>{desk === null ? null : <OwnMedia desk={desk} name={name} />}</div>
      <div class="stack">
        <PageTitle>Ready to join?</PageTitle>
        <p class="muted">
          {knocks === true
            ? "A host will be asked to let you in. Until then nobody sees or hears you."
            : "Until you join nobody sees or hears you."}
        </p>
        <NameField id="name" value={name} onValue={setName} isFixed={fixedName !== null} />
        {desk === null ? null : <DeviceChoice desk={desk} />}
        <button type="submit" class="button primary large">
          {knocks === true ? "Ask to join" : "Join"}
        </button>
      </div>
    </form>
  );
}
