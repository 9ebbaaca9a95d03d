// Shows the page.

import { render } from 'preact'
import { App } from './app.tsx'
import './style/tokens.css'
import './style/base.css'
import './style/frame.css'
import './style/lines.css'
import './style/table.css'
import './style/tree.css'
import './style/help.css'
import './style/chart.css'
import './style/views.css'
import './style/trace.css'
import './style/json.css'

render(<App />, document.getElementById('app')!)
