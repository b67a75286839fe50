/** Puts the door on a page: `/?room=maths&name=Paul`. */
import { createRoot } from "react-dom/client";
import { Door } from "./door.jsx";

/** Asks this page's own back end, which knows who is signed in. */
async function fetchToken(room) {
  const response = await fetch(`/token?${new URLSearchParams({ room })}`);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

const asked = new URLSearchParams(location.search);
createRoot(document.getElementById("door")).render(
  <Door room={asked.get("room") ?? "maths"} name={asked.get("name") ?? ""} fetchToken={fetchToken} />,
);
