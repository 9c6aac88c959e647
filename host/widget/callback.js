// The widget asks the server how it went, so this window has nothing left to do. Browsers close only windows that a
// page opened; the text stays for the others.
window.close();
