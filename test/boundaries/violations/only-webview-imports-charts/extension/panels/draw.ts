import { Chart } from 'chart.js'

export const charts = Chart.instances
