// Building elements without markup: text children always become text nodes, so nothing that
// a person or an app typed can become HTML.

const SVG = "http://www.w3.org/2000/svg";

// h builds an HTML element. Properties: class, style (object), data (dataset), on* listeners,
// booleans as attributes, value and checked as properties, the rest as attributes.
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  apply(node, props);
  append(node, children);
  return node;
}

// svg builds an SVG element in the same way.
export function svg(tag, props, ...children) {
  const node = document.createElementNS(SVG, tag);
  apply(node, props);
  append(node, children);
  return node;
}

// replace empties a node and fills it with the children.
export function replace(node, ...children) {
  node.textContent = "";
  append(node, children);
  return node;
}

// uid returns an id that is unique in this page, for labels and controls.
export function uid(prefix = "x") {
  uid.next = (uid.next || 0) + 1;
  return `${prefix}-${uid.next}`;
}

// safeUrl returns the address when a link may lead there, else "". Besides whole addresses it takes paths of this server.
export function safeUrl(text) {
  try {
    const url = /^\/(?!\/)/.test(text) ? new URL(text, location.origin) : new URL(text);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

// announce says something to screen readers.
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 30);
}

// soon returns a function that runs fn once for all calls within a frame's time; its now runs fn at once.
export function soon(fn) {
  let waiting = 0;
  const later = () => { waiting ||= setTimeout(() => { waiting = 0; fn(); }, 16); };
  later.now = fn;
  return later;
}

// phone says whether the page is laid out as a single column.
export const phone = () => matchMedia("(max-width: 760px)").matches;

// touch says whether the person points with a finger.
export const touch = () => matchMedia("(pointer: coarse)").matches;

function apply(node, props) {
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.setAttribute("class", Array.isArray(value) ? value.filter(Boolean).join(" ") : value);
    else if (key === "data") setData(node, value);
    else if (key === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "indeterminate") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
}

function setData(node, data) {
  for (const [key, value] of Object.entries(data)) {
    if (value !== undefined && value !== null) node.dataset[key] = value;
  }
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}
