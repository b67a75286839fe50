/** What lies over the page and has to be answered first. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Fault } from "../api/fault.js";
import { Button, type Weight } from "./buttons.js";
import { FaultNote } from "./basics.js";
import { TextField } from "./form.js";

/** A dialog; the browser keeps the focus inside and gives it back. Escape closes it. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  const { title, onClose, wide, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`dialog ${wide === true ? "wide" : ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button compact weight="quiet" onPress={onClose} label="Close">
          ✕
        </Button>
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

/** Asks whether something is really meant. With `word`, that word has to be typed first. */
export function Confirm(props: {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button says: what will happen. */
  readonly act: string;
  readonly weight?: Weight;
  readonly word?: string;
  readonly isBusy: boolean;
  readonly fault: Fault | null;
  readonly onAct: () => void;
  readonly onClose: () => void;
}) {
  const { title, children, act, weight = "danger", word, isBusy, fault, onAct, onClose } = props;
  const [typed, setTyped] = useState("");
  const isMeant = word === undefined || typed === word;
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isMeant && !isBusy) onAct();
        }}
      >
        {children}
        {word !== undefined && (
          <TextField
            label={`Type “${word}” to confirm`}
            name="confirmation"
            value={typed}
            onValue={setTyped}
          />
        )}
        <FaultNote fault={fault} />
        <div class="dialog-actions">
          <Button onPress={onClose}>Cancel</Button>
          <Button weight={weight} submits isBusy={isBusy} disabled={!isMeant}>
            {act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
