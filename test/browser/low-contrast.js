// Runs in a page: the texts on it whose contrast with what is behind them is below
// 4.5, the least that WCAG 2.2 asks for (success criterion 1.4.3, level AA).
// Colours have to be opaque, as those of the status page are.
(() => {
  const channels = (color) => color.match(/[\d.]+/g)?.map(Number) ?? [];
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    const element = texts.currentNode.parentElement;
    if (text === '' || !element.checkVisibility()) continue;
    const lights = [getComputedStyle(element).color, behind(element)].map(luminance);
    const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (contrast < 4.5) found.push(`${contrast.toFixed(1)}: ${text.slice(0, 40)}`);
  }
  return found;
})();
