/**
 * The command line: the same jobs as in the editor. With `--json` one JSON object goes to standard output and nothing
 * else; progress always goes to standard error. Exit status 0: done, 1: the run failed, 2: the input is wrong.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import * as l10n from '@vscode/l10n'
import packageJson from '../package.json' with { type: 'json' }
import { ExportFormat } from '../protocol/exportFormat.ts'
import { metricIds } from '../protocol/metrics.ts'
import { headlineMetric, RunOrder } from '../protocol/runOrder.ts'
import { check } from './cli/check.ts'
import { compareRuns } from './cli/compare.ts'
import { doctor } from './cli/doctor.ts'
import { exitWrongInput, fail } from './cli/output.ts'
import { fork } from './cli/fork.ts'
import { listRuns, showRun } from './cli/runs.ts'
import { first, listSweeps, slots, sweep, wishSweep } from './cli/sweeps.ts'
import { train } from './cli/train.ts'
import { exportCommand, importCommand } from './cli/transfer.ts'
import { wishRun } from './cli/wish.ts'
import { configureLocale } from './locale.ts'
import { nodeCanStore, oldestNode } from './store/sqlite.ts'
import { forkPoints } from './training/fork.ts'

function wholeNumber(least: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(l10n.t('A whole number of at least {0} is needed.', least))
  }
}

function program(): Command {
  const store = () => new Option('--store <dir>', l10n.t('folder of the runs (default: .triplet-lab here or above)'))
  const filter = () =>
    new Option('--filter <query>', l10n.t('as in the sidebar: miner:semi-hard margin>0.1 R@1>0.8 tag:paper'))
  const json = () => new Option('--json', l10n.t('one JSON object on standard output'))
  const ofExperiment = (command: Command) =>
    command
      .argument('<file>', l10n.t('the experiment file, *.triplet.json'))
      .option('--epochs <n>', l10n.t('epochs, in place of the file’s'), wholeNumber(1))
      .option('--seed <n>', l10n.t('seed, in place of the file’s'), wholeNumber(0))
      .option('--engine <id>', l10n.t('engine, in place of the file’s; see doctor'))
      .option('--detach', l10n.t('do not wait: the run goes on in the background'))
  const root = new Command('triplet-lab')
    .description(l10n.t('Trains embeddings with triplet loss and keeps every run.'))
    .version(packageJson.version)
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .showHelpAfterError(l10n.t('(add --help for what can be written here)'))

  ofExperiment(root.command('train'))
    .description(l10n.t('train what an experiment file describes, and wait for the end'))
    .addOption(store())
    .addOption(json())
    .action(train)
  ofExperiment(root.command('sweep'))
    .description(l10n.t('try the values that an experiment file lists, and say which are best'))
    .option('--continue', l10n.t('go on with the newest sweep of this file, as the file is now'))
    .option('--priority <n>', l10n.t('runs with a higher one are trained first (default: 0)'), wholeNumber(0))
    .addOption(store())
    .addOption(json())
    .action(sweep)
  root
    .command('fork')
    .description(l10n.t('train on from a checkpoint of a run, as a new run with changed settings'))
    .argument('<run>', l10n.t('number of the run'), wholeNumber(1))
    .addOption(new Option('--from <point>', l10n.t('which checkpoint')).choices(forkPoints).default('last'))
    .option('--file <file>', l10n.t('take the settings of this experiment file, not those of the run'))
    .option('--set <setting=value...>', l10n.t('change a setting: --set loss.margin=0.5 mining=batch-hard'))
    .option('--epochs <n>', l10n.t('epochs in all, those before the fork among them'), wholeNumber(1))
    .option('--detach', l10n.t('do not wait: the run goes on in the background'))
    .addOption(store())
    .addOption(json())
    .action(fork)
  root
    .command('sweeps')
    .description(l10n.t('list the sweeps, newest first'))
    .addOption(store())
    .addOption(json())
    .action(listSweeps)
  root
    .command('check')
    .description(l10n.t('say what is wrong with experiment files'))
    .argument('<files...>', l10n.t('the experiment files, *.triplet.json'))
    .addOption(json())
    .action(check)
  root
    .command('runs')
    .description(l10n.t('list the runs, newest first'))
    .addOption(filter())
    .addOption(new Option('--sort <order>', l10n.t('order of the runs')).choices(RunOrder.options).default('newest'))
    .addOption(
      new Option('--metric <id>', l10n.t('metric that they are sorted by')).choices(metricIds).default(headlineMetric),
    )
    .option('--limit <n>', l10n.t('at most this many'), wholeNumber(1), 20)
    .option('--archived', l10n.t('those in the archive too'))
    .addOption(store())
    .addOption(json())
    .action(listRuns)
  root
    .command('show')
    .description(l10n.t('show a run: its settings, results and what happened'))
    .argument('<run>', l10n.t('number of the run'), wholeNumber(1))
    .addOption(store())
    .addOption(json())
    .action(showRun)
  root
    .command('compare')
    .description(l10n.t('what differs between runs, and how they did'))
    .argument('[runs...]', l10n.t('numbers of runs'))
    .addOption(filter())
    .addOption(
      new Option('--format <format>', l10n.t('form of the table'))
        .choices(['text', 'markdown', 'latex'])
        .default('text'),
    )
    .addOption(store())
    .addOption(json())
    .action(compareRuns)
  root
    .command('export')
    .description(l10n.t('write runs for other programs, or for another Triplet Lab (jsonl)'))
    .argument('[runs...]', l10n.t('numbers of runs; all that pass the filter when none is given'))
    .addOption(filter())
    .addOption(new Option('--format <format>', l10n.t('what to write')).choices(ExportFormat.options).default('jsonl'))
    .option('--out <path>', l10n.t('file to write, or for tensorboard and mlflow a new folder'))
    .option('--checkpoints', l10n.t('jsonl: with the checkpoints, so that runs can be trained on elsewhere'))
    .option('--archived', l10n.t('those in the archive too'))
    .addOption(store())
    .addOption(json())
    .action(exportCommand)
  root
    .command('import')
    .description(l10n.t('take in what another Triplet Lab has exported as jsonl'))
    .argument('<file>', l10n.t('the exported file'))
    .addOption(store())
    .addOption(json())
    .action(importCommand)
  const wishes = {
    stop: l10n.t('stop a run after its current batch'),
    pause: l10n.t('pause a run; it keeps its place'),
    resume: l10n.t('let a paused, stopped or failed run go on from its last checkpoint'),
  }
  for (const [name, description] of Object.entries(wishes))
    root
      .command(name)
      .description(description)
      .argument('<run>', l10n.t('number of the run'), wholeNumber(1))
      .option('--sweep', l10n.t('the number is that of a sweep: all of its runs are meant'))
      .addOption(store())
      .addOption(json())
      .action((id: number, options: { store?: string; json?: true; sweep?: true }) =>
        (options.sweep ? wishSweep : wishRun)(id, name === 'stop' || name === 'pause' ? name : 'run', options),
      )
  root
    .command('first')
    .description(l10n.t('train a run that waits before all others'))
    .argument('<run>', l10n.t('number of the run'), wholeNumber(1))
    .option('--sweep', l10n.t('the number is that of a sweep: all of its runs are meant'))
    .addOption(store())
    .addOption(json())
    .action(first)
  root
    .command('slots')
    .description(l10n.t('say, or set, how many runs train at the same time'))
    .argument('[n]', l10n.t('a number, or auto: as many as suit the machine'), text =>
      text === 'auto' ? text : wholeNumber(1)(text),
    )
    .addOption(store())
    .addOption(json())
    .action(slots)
  root
    .command('doctor')
    .description(l10n.t('try the engines of this machine, and say what is missing'))
    .addOption(json())
    .action(doctor)
  return root
}

async function main(): Promise<void> {
  configureLocale()
  if (!nodeCanStore(process.versions.node)) {
    const oldest = oldestNode.join('.')
    fail(exitWrongInput, l10n.t('Triplet Lab needs Node {0} or newer; this is {1}.', oldest, process.versions.node))
    return
  }
  try {
    await program().parseAsync()
  } catch (error) {
    // Commander has said what is wrong; help and version end here too, with status 0.
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : exitWrongInput
  }
}

void main()
