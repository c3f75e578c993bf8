import { mount } from './app.tsx'
import { screens } from './screens.ts'

const root = document.getElementById('root')
if (root !== null) mount(screens, root)
