// Renews the content of the status page every few seconds without a reload, so that scroll
// position, focus and opened details stay. Without scripts the page reloads itself instead.

const EVERY_MS = 5_000;
const button = document.querySelector('#pause-updates');
const stale = document.querySelector('#stale');
const news = document.querySelector('#news');
let paused = false;
let readAt = new Date();

/** Puts the new content in the place of the old one and gives back what the reader was at. */
function replace(next) {
  const main = document.querySelector('#status');
  const fresh = next.querySelector('#status');
  if (!main || !fresh) throw new Error('not the status page');
  for (const details of fresh.querySelectorAll('details[id]')) {
    const before = document.getElementById(details.id);
    if (before) details.open = before.open;
  }
  const focused = document.activeElement;
  // A summary has no id of its own; its details has.
  const owner = focused?.closest('[id]');
  const inside = main.contains(focused) && owner ? owner.id : null;
  main.replaceWith(fresh);
  if (inside) {
    const again = document.getElementById(inside);
    (again?.querySelector(':scope > summary') ?? again)?.focus({ preventScroll: true });
  }
  // For those who listen: only when the verdict is another one, not with every renewal.
  if (document.title !== next.title) news.textContent = fresh.querySelector('h1')?.textContent;
  document.title = next.title;
  const icon = next.querySelector('link[rel=icon]');
  if (icon) document.querySelector('link[rel=icon]')?.replaceWith(icon);
}

function tell(text) {
  stale.hidden = text === '';
  if (stale.textContent !== text) stale.textContent = text;
}

async function renew() {
  // Nobody looks, or somebody is just marking text to copy it.
  if (paused || document.hidden || String(getSelection()) !== '') return;
  try {
    // The origin has no user and password in it, other than the address that was opened may.
    const answer = await fetch(`${location.origin}/`, { cache: 'no-store' });
    if (answer.status === 401) throw new Error('the login is no longer valid, load the page again');
    replace(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    readAt = new Date();
    tell('');
  } catch (error) {
    const reason = error instanceof TypeError ? 'the board does not answer' : error.message;
    tell(`This is the state of ${readAt.toLocaleTimeString()}: ${reason}.`);
  }
}

button.hidden = false;
button.addEventListener('click', () => {
  paused = !paused;
  button.setAttribute('aria-pressed', String(paused));
  if (!paused) void renew();
});
document.addEventListener('visibilitychange', () => void renew());

(async () => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    await renew();
  }
})();
