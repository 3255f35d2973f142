// The control door of the playground, as promises.

// ApiError carries the server's error name in code, and its whole answer.
export class ApiError extends Error {
  constructor(code, answer) {
    super(code);
    this.code = code;
    this.answer = answer || {};
  }
}

// get asks; query entries that are empty are left out.
export function get(path, query = {}) {
  const params = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== undefined && v !== ""));
  const tail = params.size ? `?${params}` : "";
  return call(`/_control/${path}${tail}`, {});
}

// post does something and answers with the server's object.
export function post(path, body) {
  return call(`/_control/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

// stream opens a person's live events; onOpen is called at every (re)connection. It returns a function that closes it.
export function stream(user, onEvent, onOpen, onLost) {
  const source = new EventSource(`/_control/stream?user=${encodeURIComponent(user)}`);
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onopen = onOpen;
  source.onerror = onLost;
  return () => source.close();
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError("unreachable");
  }
  const answer = await response.json().catch(() => ({ ok: false, error: "bad_answer" }));
  if (!answer.ok) throw new ApiError(answer.error || "unknown", answer);
  return answer;
}
