// Runs before the first paint, as a file of its own because the Content-Security-Policy allows no inline script:
// without it a dark screen would flash white until the bundle has loaded. Keeps to theme.ts (`colorSchemeKey`).
;(function () {
  var chosen = null
  try {
    chosen = localStorage.getItem('gatehouse-color-scheme')
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  var dark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
  document.documentElement.style.background = dark ? '#131417' : '#ffffff'
})()
