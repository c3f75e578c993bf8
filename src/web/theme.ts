import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** Where the chosen colour scheme is kept; public/color-scheme.js reads the same key before the first paint. */
export const colorSchemeKey = 'gatehouse-color-scheme'

/** The one accent. Shade 6 on white and white on shade 6 are 6.3:1; shade 4 on the dark body is 5.6:1. */
const accent: MantineColorsTuple = [
  '#eef0fc',
  '#dcdff8',
  '#b7bdf0',
  '#9099ea',
  '#8089e8',
  '#5a65d6',
  '#4752c4',
  '#3d47ad',
  '#333c93',
  '#272e73',
]

const gray: MantineColorsTuple = [
  '#f8f8f9',
  '#f2f2f4',
  '#e9e9ec',
  '#dedee3',
  '#cbccd2',
  '#9a9ca6',
  '#62656f',
  '#4a4c55',
  '#33353c',
  '#1d1f24',
]

const dark: MantineColorsTuple = [
  '#e4e5e9',
  '#c3c5cc',
  '#9c9fa9',
  '#6f727c',
  '#3c3f47',
  '#2d2f36',
  '#232429',
  '#131417',
  '#0f1012',
  '#0a0b0c',
]

const red: MantineColorsTuple = [
  '#fdecea',
  '#fbd9d5',
  '#f8c1bb',
  '#f0938a',
  '#e5675c',
  '#c4352b',
  '#b3261e',
  '#a11a14',
  '#86150f',
  '#6b100b',
]

const yellow: MantineColorsTuple = [
  '#fdf3dc',
  '#f9e6ba',
  '#f4d68d',
  '#f0c169',
  '#d99e2b',
  '#976000',
  '#8f5900',
  '#7a4b00',
  '#633d00',
  '#4c2f00',
]

const green: MantineColorsTuple = [
  '#e6f6ea',
  '#cdeed5',
  '#aee5bb',
  '#7ee0a0',
  '#3fb86a',
  '#1f7f42',
  '#176e38',
  '#116329',
  '#0d4f21',
  '#093b18',
]

const mono =
  "'JetBrains Mono Variable', ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"

export const theme = createTheme({
  colors: { accent, gray, dark, red, yellow, green },
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 5 },
  white: '#ffffff',
  black: '#1d1f24',
  fontFamily:
    "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
  fontFamilyMonospace: mono,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '1.3' },
      h2: { fontSize: '15px', lineHeight: '1.4' },
      h3: { fontSize: '14px', lineHeight: '1.4' },
      h4: { fontSize: '13px', lineHeight: '1.4' },
    },
  },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '14px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500 } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'md',
        overlayProps: { backgroundOpacity: 0.35 },
        closeButtonProps: { 'aria-label': 'Close' },
        // A dialog's header is no banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: false, radius: 'sm', fz: 'xs' } },
    Menu: { defaultProps: { shadow: 'md', radius: 'md', withInitialFocusPlaceholder: false } },
    Paper: { defaultProps: { withBorder: true, radius: 'md', p: 'md' } },
    Alert: { defaultProps: { variant: 'light', radius: 'md' } },
  },
})

/** Meaning → colour. Every text colour here has at least 4.5:1 on the background it stands on, in both schemes. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-red-light': 'var(--gh-forbidden-bg)',
    '--mantine-color-red-light-color': 'var(--gh-forbidden)',
    '--mantine-color-yellow-light': 'var(--gh-prompt-bg)',
    '--mantine-color-yellow-light-color': 'var(--gh-prompt)',
    '--mantine-color-green-light': 'var(--gh-allowed-bg)',
    '--mantine-color-green-light-color': 'var(--gh-allowed)',
    '--mantine-color-text': '#1d1f24',
    '--mantine-color-dimmed': '#62656f',
    '--mantine-color-placeholder': '#6b6e78',
    '--mantine-color-anchor': '#3d47ad',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-default-border': '#dedee3',
    '--gh-surface': '#f8f8f9',
    '--gh-hover': '#f2f2f4',
    '--gh-line': '#e9e9ec',
    '--gh-control-line': '#8a8c96',
    '--gh-selected': '#eef0fc',
    '--gh-added': '#116329',
    '--gh-moved-bg': '#eef0fb',
    '--gh-added-bg': '#e6f6ea',
    '--gh-added-word': '#aee5bb',
    '--gh-removed': '#a11a14',
    '--gh-removed-bg': '#fdecea',
    '--gh-removed-word': '#f8c1bb',
    '--gh-changed': '#7a4b00',
    '--gh-changed-bg': '#fdf3dc',
    '--gh-forbidden': '#a11a14',
    '--gh-forbidden-bg': '#fdecea',
    '--gh-prompt': '#7a4b00',
    '--gh-prompt-bg': '#fdf3dc',
    '--gh-allowed': '#116329',
    '--gh-allowed-bg': '#e6f6ea',
    '--gh-string': '#0b5c6b',
    '--gh-drift': '#7b2c8f',
    '--gh-drift-bg': '#f7eafa',
  },
  dark: {
    '--mantine-color-red-light': 'var(--gh-forbidden-bg)',
    '--mantine-color-red-light-color': 'var(--gh-forbidden)',
    '--mantine-color-yellow-light': 'var(--gh-prompt-bg)',
    '--mantine-color-yellow-light-color': 'var(--gh-prompt)',
    '--mantine-color-green-light': 'var(--gh-allowed-bg)',
    '--mantine-color-green-light-color': 'var(--gh-allowed)',
    '--mantine-color-body': '#131417',
    '--mantine-color-text': '#e4e5e9',
    '--mantine-color-dimmed': '#9c9fa9',
    '--mantine-color-placeholder': '#8b8e98',
    '--mantine-color-anchor': '#a3abf2',
    '--mantine-color-error': '#ff8f87',
    '--mantine-color-default': '#1b1c20',
    '--mantine-color-default-hover': '#232429',
    '--mantine-color-default-border': '#34363d',
    '--gh-surface': '#191a1d',
    '--gh-hover': '#202125',
    '--gh-line': '#26282d',
    '--gh-control-line': '#6f727c',
    '--gh-selected': '#23264a',
    '--gh-added': '#7ee0a0',
    '--gh-moved-bg': '#1c2033',
    '--gh-added-bg': '#12291b',
    '--gh-added-word': '#1f5a35',
    '--gh-removed': '#ff9c94',
    '--gh-removed-bg': '#321716',
    '--gh-removed-word': '#76302b',
    '--gh-changed': '#f0c169',
    '--gh-changed-bg': '#2e2410',
    '--gh-forbidden': '#ff9c94',
    '--gh-forbidden-bg': '#321716',
    '--gh-prompt': '#f0c169',
    '--gh-prompt-bg': '#2e2410',
    '--gh-allowed': '#7ee0a0',
    '--gh-allowed-bg': '#12291b',
    '--gh-string': '#8fd0dc',
    '--gh-drift': '#dea3ee',
    '--gh-drift-bg': '#2b1832',
  },
})
