// Stands in for react-style-singleton, which locks scrolling behind dialogs by adding <style> elements. The page does not
// scroll anyway, and without inline styles it can be served under a strict Content-Security-Policy.
export const styleSingleton = () => () => null;
export const stylesheetSingleton = () => ({ add() {}, remove() {} });
export const styleHookSingleton = () => () => {};
