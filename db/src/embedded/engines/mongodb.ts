import { EmbeddedStoreError, useOwnServer } from '../errors.ts';
import { findProgram } from '../find-program.ts';
import { downloadMongod } from '../install/download-mongod.ts';
import { startDocumentDb } from './documentdb.ts';
import type { EngineContext, RunningEngine } from './engine.ts';
import { startMongod } from './mongod.ts';

/** Starts what speaks MongoDB's protocol here: mongod from PATH or downloaded, else DocumentDB behind our gateway. */
export async function startMongoDb(context: EngineContext): Promise<RunningEngine> {
  const { config, host } = context;
  if (config.mongoEngine === 'documentdb') {
    return startDocumentDb(context, 'POSTBOOK_MONGO_ENGINE asks for DocumentDB');
  }
  const onPath = findProgram(['mongod'], config.path);
  if (onPath) return startMongod(context, onPath, 'MONGODB_URL is not set; mongod is on PATH');

  const wanted = config.mongoEngine === 'mongod';
  const download = await downloadMongod(config.cacheDir, wanted, host.reporter);
  if ('command' in download) {
    return startMongod(
      context,
      download.command,
      'MONGODB_URL is not set and no mongod is on PATH, so it was downloaded',
    );
  }
  if (wanted) {
    throw new EmbeddedStoreError('mongodb', `POSTBOOK_MONGO_ENGINE asks for mongod, but: ${download.reason}.`, {
      remedy: `install mongod so that it is on PATH, unset POSTBOOK_MONGO_ENGINE, or ${useOwnServer('mongodb')}`,
    });
  }
  return startDocumentDb(
    context,
    `MONGODB_URL is not set, no mongod is on PATH and ${download.reason}: DocumentDB from Debian stands in`,
  );
}
