// Shapes of a picture, and how wide its texts are.

// The picture's own: it stands in the document.
const { namespaceURI } = document.querySelector("svg");
const ruler = document.createElement("canvas").getContext("2d");
// As the style says.
ruler.font = "12px system-ui, sans-serif";
// From one line of text to the next.
export const LINE = 18;
// Colours that there are.
export const COLOURS = 7;

export function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS(namespaceURI, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

// What is shown where the pointer rests.
export function hint(words) {
  return shape("title", {}, words);
}

// A text whose middle stands at this height.
export function write(words, x, y, { anchor = "start", quiet = false } = {}) {
  return shape("text", { x, y, dy: "0.35em", "text-anchor": anchor, ...(quiet && { class: "quiet" }) }, words);
}

export function widthOf(words) {
  return ruler.measureText(words).width;
}

export function widest(all) {
  return Math.max(0, ...all.map(widthOf));
}

// As much of it as has room.
export function shortened(words, room) {
  if (widthOf(words) <= room) return words;
  const letters = [...words];
  while (letters.length > 1 && widthOf(`${letters.join("")}…`) > room) letters.pop();
  return `${letters.join("")}…`;
}

// A square of a colour, and what it stands for.
export function key(words, colour, x, y) {
  return [shape("rect", { class: `s${colour}`, x, y: y - 5, width: 10, height: 10, rx: 2 }), write(words, x + 16, y)];
}

// Keys in lines as wide as this, and how high they are.
export function keys(labels, width) {
  const shapes = [];
  let [x, y] = [0, LINE / 2];
  for (const [colour, label] of labels.entries()) {
    const words = shortened(label, width - 16);
    const needed = 16 + widthOf(words);
    if (x > 0 && x + needed > width) [x, y] = [0, y + LINE];
    shapes.push(...key(words, colour, x, y));
    x += needed + 20;
  }
  return { shapes, height: y + LINE };
}
