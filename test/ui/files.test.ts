import { startEmbeddingsServer, type EmbeddingsServer } from '../fixtures/embeddings-server.js';
import { startLlmServer, type LlmServer } from '../fixtures/llm-server.js';
import { counts } from './files/counts.js';
import { planModels } from './files/plan-models.js';
import { plan } from './files/plan.js';
import { localModel } from './support/local-model.js';
import { Workbench } from './support/workbench.js';

/** Counted in the editor, planned by words alone, then with models that rank and summarise them: in one window, as a person goes on. */
describe('files in the window', () => {
  let embeddings: EmbeddingsServer;
  let llm: LlmServer;
  let workbench: Workbench;
  before(async () => {
    embeddings = await startEmbeddingsServer();
    llm = await startLlmServer();
    workbench = await Workbench.start({
      settings: {
        // What is typed stays out of the file, so that undo leaves it as it was.
        'files.autoSave': 'off',
        'tract.files.budgetTokens': 60,
        'tract.embeddings.endpoint': embeddings.url,
        'tract.embeddings.model': 'fake',
        'tract.embeddings.dimensions': 3,
        ...localModel(llm, 'compress'),
      },
    });
  });
  afterEach(async function () {
    await workbench.screenshotOnFailure(this.currentTest);
  });
  after(async () => {
    await workbench.stop();
    await llm.close();
    await embeddings.close();
  });

  counts(() => workbench);
  plan(() => workbench);
  planModels(() => ({ workbench, embeddings, llm }));
});
