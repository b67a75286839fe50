/** A door for a React app: asks for a token, joins, waits in the lobby if it must, and shows who is there. */
import { useCallback, useEffect, useReducer, useState } from "react";
import { initializeToken, initMeeting } from "admitone/client";

/**
 * Joins a meeting for as long as the component is there. `fetchToken` answers `{ token, gateway }`, from a back end such as
 * `token-server`; it is asked again before a token ends. Answers the meeting, and an error where there is none.
 */
export function useMeeting(fetchToken, name) {
  const [meeting, setMeeting] = useState(null);
  const [error, setError] = useState(null);
  // A meeting is one object that changes; every change of what it shows draws anew.
  const [, draw] = useReducer((count) => count + 1, 0);

  useEffect(() => {
    let isGone = false;
    let stop = () => undefined;
    const begin = async () => {
      const first = await fetchToken();
      if (isGone) return;
      const token = initializeToken(first.token, async () => (await fetchToken()).token);
      const begun = initMeeting({ url: first.gateway, token, name });
      begun.on("changed", draw);
      stop = () => {
        token.stop();
        // There may be nothing to leave any more.
        begun.leave().catch(() => undefined);
      };
      setMeeting(begun);
      await begun.join();
    };
    begin().catch((reason) => isGone || setError(reason));
    return () => {
      isGone = true;
      stop();
    };
  }, [fetchToken, name]);

  return { meeting, error };
}

/** The door: whatever stands between somebody and the meeting, and the meeting behind it. */
export function Door({ room, name, fetchToken }) {
  const fetchForRoom = useCallback(() => fetchToken(room), [fetchToken, room]);
  const { meeting, error } = useMeeting(fetchForRoom, name);
  const [end, setEnd] = useState(null);
  useEffect(() => meeting?.on("meeting-left", setEnd), [meeting]);

  if (end !== null) return <p role="status">{end.text}</p>;
  if (error !== null) return <p role="alert">{error.message}</p>;
  switch (meeting?.state) {
    case "waiting":
      return (
        <p role="status">
          {meeting.waiting?.hostPresent ? "The host sees that you are waiting." : "No host is here yet."}
        </p>
      );
    case "joined":
    case "reconnecting":
      return <Inside meeting={meeting} />;
    default:
      return <p role="status">One moment…</p>;
  }
}

function Inside({ meeting }) {
  const { localParticipant, participants, entryRequests, state } = meeting;
  const people = [localParticipant, ...participants.values()].filter((one) => one !== null);
  return (
    <main>
      {state === "reconnecting" && <p role="status">The line is lost. One moment…</p>}
      <h2>In the meeting</h2>
      <ul>
        {people.map(({ id, displayName, isHost }) => (
          <li key={id}>
            {displayName}
            {isHost && " (host)"}
          </li>
        ))}
      </ul>
      {[...entryRequests.values()].map((request) => (
        <Knock key={request.participantId} request={request} />
      ))}
      <button onClick={() => meeting.leave()}>Leave</button>
    </main>
  );
}

function Knock({ request }) {
  const [error, setError] = useState(null);
  const answer = (send) => () => send().catch(setError);
  return (
    <p>
      {request.name || request.participantId} asks to come in.{" "}
      <button onClick={answer(() => request.allow())}>Admit</button>{" "}
      <button onClick={answer(() => request.deny())}>Deny</button>
      {error !== null && <span role="alert"> {error.message}</span>}
    </p>
  );
}
