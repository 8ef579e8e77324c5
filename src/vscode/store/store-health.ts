import * as vscode from 'vscode';
import type { DoctorReport } from '../../core/operations/doctor.js';
import type { Storage, StoreNotice } from '../../core/ports/storage.js';
import type { Store } from '../../core/store.js';
import { StoreLockedError } from '../../storage/errors.js';
import { counted } from '../commit-look.js';
import { registerCommands } from '../commands/command.js';
import type { Contribution, TractWindow } from '../window.js';
import { durableStorage } from './durable-storage.js';
import { ReportDocument } from './report-document.js';
import { storePlace } from './store-directory.js';
import { bytes, reportText } from './store-report.js';

/** Codes of notices about which nothing is to be done. */
const GOOD_NEWS = new Set(['TORN_TAIL']);

/** Tells a person once what was found in the store's files, and shows details and health on demand (SPEC §16). */
export const storeHealth: Contribution = { name: 'store health', register };

function register(window: TractWindow): vscode.Disposable {
  const { store } = window;
  const document = new ReportDocument();
  const told = new Set<StoreNotice | string>();
  const tellNotices = (notices: readonly StoreNotice[]): void => {
    const news = notices.filter((notice) => !told.has(notice));
    for (const notice of news) {
      told.add(notice);
      window.log.warn([`${notice.code}: ${notice.message}`, ...notice.problems].join('\n  '));
    }
    // One message for what was found together; the details hold the rest.
    const worst = news.find(({ code }) => !GOOD_NEWS.has(code)) ?? news[0];
    if (worst !== undefined) void offerDetails(GOOD_NEWS.has(worst.code) ? 'info' : 'warning', worst.message);
  };
  const tellReadOnly = async (storage: Storage): Promise<void> => {
    const { readOnlyReason } = storage;
    if (readOnlyReason === null || told.has(readOnlyReason)) return;
    told.add(readOnlyReason);
    // Another window is no surprise: the views say it. A folder that takes no writes is.
    if ((await refusalOf(storage)) instanceof StoreLockedError) return;
    void offerDetails('warning', vscode.l10n.t('The store of this window is read-only: {0}', readOnlyReason));
  };
  const tell = (): void => {
    if (store.failure !== null) window.errors.report(store.failure);
    const storage = store.opened?.storage;
    if (storage === undefined) return;
    tellNotices(storage.notices);
    void tellReadOnly(storage);
  };
  return vscode.Disposable.from(
    document,
    store.onDidChange(tell),
    registerCommands(window, {
      doctor: () => doctor(window, document),
      showStoreDetails: () => showReport(window, document, null),
    }),
  );
}

/** What a write would be refused with now; undefined when it would not. */
async function refusalOf(storage: Storage): Promise<unknown> {
  return storage.write([]).then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function offerDetails(severity: 'info' | 'warning', message: string): Promise<void> {
  const details = vscode.l10n.t('Show Details');
  const show = severity === 'info' ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  if ((await show(message, details)) === details) await vscode.commands.executeCommand('tract.showStoreDetails');
}

/** Checks everything, says the result with the size, and offers the report. True when all is well. */
async function doctor(window: TractWindow, document: ReportDocument): Promise<boolean> {
  const store = await window.store.open();
  const title = vscode.l10n.t('Tract: checking the store');
  const report = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
    store.doctor(),
  );
  for (const { severity, code, detail, repaired } of report.problems)
    window.log[severity === 'error' ? 'error' : 'warn'](`Doctor: ${code}: ${detail}${repaired ? ' (repaired)' : ''}`);
  void offerReport(window, document, report, await sizeOf(store));
  return report.ok;
}

async function offerReport(
  window: TractWindow,
  document: ReportDocument,
  report: DoctorReport,
  size: string,
): Promise<void> {
  const details = vscode.l10n.t('Show Details');
  const { problems } = report;
  const chosen =
    problems.length === 0
      ? await vscode.window.showInformationMessage(
          vscode.l10n.t('The store is healthy ({0}): every commit, text, ref and record was checked.', size),
          details,
        )
      : await vscode.window.showWarningMessage(
          vscode.l10n.t(
            'Doctor found {0}, {1} repaired.',
            counted(problems.length, 'problem', 'problems'),
            problems.filter(({ repaired }) => repaired).length,
          ),
          details,
        );
  if (chosen === details) await showReport(window, document, report);
}

async function sizeOf(store: Store): Promise<string> {
  const sizes = await durableStorage(store.storage)?.sizes();
  return sizes === undefined ? '0 B' : bytes(sizes.logBytes + sizes.snapshotBytes);
}

async function showReport(window: TractWindow, document: ReportDocument, report: DoctorReport | null): Promise<void> {
  // Details of a failure must be there when the store is not.
  const store = await window.store.open().catch(() => null);
  const { failure } = window.store;
  await document.show(
    reportText({
      place: storePlace(window.context),
      failure: store === null ? (failure?.message ?? null) : null,
      readOnlyReason: store?.storage.readOnlyReason ?? null,
      notices: store?.storage.notices ?? [],
      sizes: store === null ? null : ((await durableStorage(store.storage)?.sizes()) ?? null),
      doctor: report,
    }),
  );
}
