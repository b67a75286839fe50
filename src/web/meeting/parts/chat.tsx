/** The chat. Messages are text: what looks like a link stays text, for anybody may write here. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons.js";
import { CHAT_LENGTH, type ChatLine } from "../model/chat.js";
import type { RoomView } from "../model/room-view.js";
import { timeOfDay } from "../model/time.js";
import type { RoomActions } from "../store/room-actions.js";
import { Panel } from "./panel.js";

interface ChatProps {
  readonly view: RoomView;
  readonly actions: RoomActions;
  readonly onClose: () => void;
}

/** How near to the end one must be for the list to follow new messages, pixels. */
const NEAR = 80;

/** The lines, and a place to write. */
export function Chat({ view, actions, onClose }: ChatProps) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const { lines, restricted } = view;
  useEffect(() => {
    // Whoever reads what was written before is left there.
    if (follows.current && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [lines]);
  return (
    <Panel title="Chat" onClose={onClose}>
      <div
        ref={list}
        class="chat-lines"
        role="log"
        aria-label="Messages"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
        }}
      >
        {lines.length === 0 ? (
          <p class="muted small">No messages yet. Everybody in the meeting can read what is written here.</p>
        ) : null}
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </div>
      <WriteForm restricted={restricted} onSend={(text) => actions.say(text)} />
    </Panel>
  );
}

function Line({ line: { from, own, text, at, goesOn } }: { readonly line: ChatLine }) {
  return (
    <div class={own ? "chat-line own" : "chat-line"} data-testid="chat-line">
      <p class={goesOn ? "visually-hidden" : "chat-from small"}>
        <strong>
          <bdi>{own ? "You" : from}</bdi>
        </strong>{" "}
        <span class="muted">{timeOfDay(at)}</span>
      </p>
      <p class="chat-text" dir="auto">
        {text}
      </p>
    </div>
  );
}

interface WriteFormProps {
  readonly restricted: boolean;
  readonly onSend: (text: string) => Promise<boolean>;
}

function WriteForm({ restricted, onSend }: WriteFormProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = async (): Promise<void> => {
    const sent = text.trim();
    if (sent === "") return;
    setText("");
    // What was refused is not lost; unless something else was written meanwhile.
    if (!(await onSend(sent))) setText((now) => (now === "" ? sent : now));
  };
  return (
    <form
      class="chat-write"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label class="visually-hidden" for="chat-text">
        Message to everybody
      </label>
      <textarea
        ref={field}
        id="chat-text"
        rows={2}
        maxLength={CHAT_LENGTH}
        placeholder={restricted ? "Your token has expired" : "Write to everybody"}
        disabled={restricted}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // While a word is being composed Enter belongs to the input method.
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <button type="submit" class="button primary square" aria-label="Send" disabled={text.trim() === ""}>
        <Icon name="send" />
      </button>
    </form>
  );
}
