/**
 * The page's nonce: the Content-Security-Policy allows no style element without it. The server writes it into the
 * meta element of index.html for each answer. Mantine takes it through `getStyleNonce`, CodeMirror through
 * `EditorView.cspNonce`, and the scroll lock of dialogs through the global that bundlers agreed on.
 */
export const cspNonce: string =
  typeof document === 'undefined'
    ? ''
    : (document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '')

Object.assign(globalThis, { __webpack_nonce__: cspNonce })
