/** Where people say what they are called. */

interface NameFieldProps {
  readonly id: string;
  readonly value: string;
  readonly onValue: (name: string) => void;
  /** A sign-in has said it, and it cannot be changed here. */
  readonly isFixed?: boolean;
}

/** Draws it. A name needs at least one letter. */
export function NameField({ id, value, onValue, isFixed = false }: NameFieldProps) {
  const hint = `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>Your name</label>
      <input
        id={id}
        autoComplete="name"
        maxLength={64}
        required
        pattern=".*\S.*"
        title="A name of at least one letter"
        value={value}
        disabled={isFixed}
        aria-describedby={isFixed ? hint : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {isFixed ? (
        <span class="hint" id={hint}>
          Your sign-in says what you are called.
        </span>
      ) : null}
    </div>
  );
}
