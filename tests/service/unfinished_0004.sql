BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE "api_keys" (
	id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	key_hash VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	owner VARCHAR(40) NOT NULL, 
	CONSTRAINT pk_api_keys PRIMARY KEY (id), 
	CONSTRAINT uq_api_keys_key_hash UNIQUE (key_hash)
);
CREATE TABLE artifacts (
	id VARCHAR(40) NOT NULL, 
	job_id VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	format VARCHAR(40) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	size BIGINT NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_artifacts PRIMARY KEY (id), 
	CONSTRAINT fk_artifacts_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
CREATE TABLE "datasets" (
	files JSON, 
	id VARCHAR(40) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size BIGINT NOT NULL, 
	filename VARCHAR(255) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	problem JSON, 
	meta JSON NOT NULL, 
	inspection JSON, 
	created_at DATETIME NOT NULL, 
	owner VARCHAR(40) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_datasets PRIMARY KEY (id), 
	CONSTRAINT uq_datasets_owner_fingerprint UNIQUE (owner, fingerprint)
);
INSERT INTO "datasets" VALUES('{"x":{"name":"x.npy","kind":"array","format":"npy","blob":{"sha256":"2db87e27aed5724b7376998c3ebc448e0154f9b823a38e7241a1d045f97b5898","size":65}},"y":{"name":"y.npy","kind":"array","format":"npy","blob":{"sha256":"3f3d48845f03ef50698357fb266f4969cbe29078e444f81a196c3ef683521386","size":65}}}','dst_01m8dpy2ege0b9yyjfxcc9b9mq','932d52bf6fa13f941090eed58e3217ba6894d56ca909736f8cb055b24e787cc8','some.bin','116f54c41d0405dbb10e7b04ebc31e262a5b8c85c1233fcf36eaee344d91ae58',5,'some.bin','ready',NULL,'{"name":null,"layout":null,"labels":null,"label_order":null,"split":null,"image_column":null,"label_column":null,"resize":null,"channels":null}','{"num_samples":10,"shape":[1,8,8],"dtype":"uint8","num_classes":3,"class_counts":[4,3,3],"resize":"none","labels":["cat","dog","owl"],"label_source":"name"}','2026-11-27 05:16:31.569951','');
INSERT INTO "datasets" VALUES('{"x":{"name":"x.npy","kind":"array","format":"npy","blob":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65}},"y":{"name":"y.npy","kind":"array","format":"npy","blob":{"sha256":"435187b17d1c768e5da49260e399aba908fc2991917ac07b547abfbd323486fe","size":65}}}','dst_01m8dpy2k4ebc9jv51sh6277m8','ef53b5df9f4ac7fe32745635608871aff123dfda9920109d933a83098f4e68dd','some.bin','1bbd174404efbce95f1af489ef93f4aa0f4d55718f24c3504682216afa7b7fb1',4,'some.bin','ready',NULL,'{"name":null,"layout":null,"labels":null,"label_order":null,"split":null,"image_column":null,"label_column":null,"resize":null,"channels":null}','{"num_samples":10,"shape":[1,8,8],"dtype":"uint8","num_classes":3,"class_counts":[4,3,3],"resize":"none","labels":["cat","dog","owl"],"label_source":"name"}','2026-11-27 05:16:31.716675','');
CREATE TABLE events (
	id VARCHAR(40) NOT NULL, 
	job_id VARCHAR(40) NOT NULL, 
	seq INTEGER NOT NULL, 
	type VARCHAR(30) NOT NULL, 
	data JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_events PRIMARY KEY (id), 
	CONSTRAINT fk_events_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, 
	CONSTRAINT uq_events_job_id_seq UNIQUE (job_id, seq)
);
INSERT INTO "events" VALUES('evt_01m8dpy2a9e95ttsgwqa6cg6ne','mdl_01m8dpy2a5ej2twkd5nhd027ka',1,'phase','{"phase":"inspecting"}','2026-11-27 05:16:31.434496');
INSERT INTO "events" VALUES('evt_01m8dpy2d5ef49jrg5bagyc7jz','mdl_01m8dpy2a5ej2twkd5nhd027ka',2,'status','{"status":"running"}','2026-11-27 05:16:31.525958');
INSERT INTO "events" VALUES('evt_01m8dpy2ekec2r43ctf2wabyjb','dst_01m8dpy2ege0b9yyjfxcc9b9mq',1,'phase','{"phase":"inspecting"}','2026-11-27 05:16:31.572121');
INSERT INTO "events" VALUES('evt_01m8dpy2f3ech9zb1az6awgsqd','mdl_01m8dpy2a5ej2twkd5nhd027ka',3,'status','{"status":"succeeded"}','2026-11-27 05:16:31.587634');
INSERT INTO "events" VALUES('evt_01m8dpy2h6emg9yccdhmvykg5p','dst_01m8dpy2ege0b9yyjfxcc9b9mq',2,'status','{"status":"running"}','2026-11-27 05:16:31.654952');
INSERT INTO "events" VALUES('evt_01m8dpy2j0egy83jes637gh93t','dst_01m8dpy2ege0b9yyjfxcc9b9mq',3,'status','{"status":"succeeded"}','2026-11-27 05:16:31.693317');
INSERT INTO "events" VALUES('evt_01m8dpy2k5eykr3gpezjymcyr2','dst_01m8dpy2k4ebc9jv51sh6277m8',1,'phase','{"phase":"inspecting"}','2026-11-27 05:16:31.718454');
INSERT INTO "events" VALUES('evt_01m8dpy2mpepva1716ys88bqt7','dst_01m8dpy2k4ebc9jv51sh6277m8',2,'status','{"status":"running"}','2026-11-27 05:16:31.767302');
INSERT INTO "events" VALUES('evt_01m8dpy2nbeem8jx349nq4ktha','dst_01m8dpy2k4ebc9jv51sh6277m8',3,'status','{"status":"succeeded"}','2026-11-27 05:16:31.787814');
INSERT INTO "events" VALUES('evt_01m8dpy2nte85v8m15cck0g8ma','aud_01m8dpy2npexxbyfyvytrvsqta',1,'phase','{"phase":"preparing"}','2026-11-27 05:16:31.803404');
INSERT INTO "events" VALUES('evt_01m8dpy2p7e5j8eadkst6zm0qf','hrd_01m8dpy2p4ej488tetbw59mjnf',1,'phase','{"phase":"preparing"}','2026-11-27 05:16:31.815910');
INSERT INTO "events" VALUES('evt_01m8dpy2q6ejm92qxx5w2xw8fd','aud_01m8dpy2npexxbyfyvytrvsqta',2,'status','{"status":"running"}','2026-11-27 05:16:31.847017');
INSERT INTO "events" VALUES('evt_01m8dpy2qmenfspnxr1n6dd2ya','aud_01m8dpy2npexxbyfyvytrvsqta',3,'phase','{"phase":"attacks"}','2026-11-27 05:16:31.861346');
INSERT INTO "events" VALUES('evt_01m8dpy2qve068zb8ntch356ep','hrd_01m8dpy2p4ej488tetbw59mjnf',2,'status','{"status":"running"}','2026-11-27 05:16:31.868072');
INSERT INTO "events" VALUES('evt_01m8dpy2qxeavaw6nhmtnc7dqz','hrd_01m8dpy2p4ej488tetbw59mjnf',3,'progress','{"phase":"preparing","done":0.0,"total":2.0,"unit":"samples"}','2026-11-27 05:16:31.870550');
INSERT INTO "events" VALUES('evt_01m8dpy2rpegnv3rdbh8wkjbrv','hrd_01m8dpy2p4ej488tetbw59mjnf',4,'progress','{"phase":"preparing","done":2.0,"total":2.0,"unit":"samples"}','2026-11-27 05:16:31.895130');
INSERT INTO "events" VALUES('evt_01m8dpy2rteq2shs03d23n1wab','hrd_01m8dpy2p4ej488tetbw59mjnf',5,'phase','{"phase":"training"}','2026-11-27 05:16:31.899071');
INSERT INTO "events" VALUES('evt_01m8dpy2txe3c8jkgkn9pgj74v','aud_01m8dpy2npexxbyfyvytrvsqta',4,'progress','{"phase":"attacks","done":0.0,"total":24.0,"unit":"samples"}','2026-11-27 05:16:31.965589');
INSERT INTO "events" VALUES('evt_01m8dpydxkejvvs6bmjjr7z0n2','mdl_01m8dpydxhemest3kpbfynye9r',1,'phase','{"phase":"inspecting"}','2026-11-27 05:16:43.315999');
CREATE TABLE idempotency_keys (
	scope VARCHAR(300) NOT NULL, 
	body_hash VARCHAR(64) NOT NULL, 
	status INTEGER NOT NULL, 
	location VARCHAR(200) NOT NULL, 
	answer JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (scope)
);
CREATE TABLE jobs (
	id VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	phase VARCHAR(60), 
	stage VARCHAR(20) NOT NULL, 
	verdict VARCHAR(20), 
	problem JSON, 
	model_id VARCHAR(40), 
	dataset_id VARCHAR(40), 
	train_dataset_id VARCHAR(40), 
	parent_job_id VARCHAR(40), 
	child_job_id VARCHAR(40), 
	hardened_model_id VARCHAR(40), 
	request JSON NOT NULL, 
	metrics JSON, 
	progress JSON, 
	last_seq INTEGER NOT NULL, 
	progress_at DATETIME, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	finished_at DATETIME, owner VARCHAR(40) DEFAULT '' NOT NULL, waiting_for JSON, 
	CONSTRAINT pk_jobs PRIMARY KEY (id)
);
INSERT INTO "jobs" VALUES('mdl_01m8dpy2a5ej2twkd5nhd027ka','inspect_model','succeeded','inspecting','inspect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{}',NULL,NULL,3,NULL,'2026-11-27 05:16:31.432716','2026-11-27 05:16:31.525352','2026-11-27 05:16:31.587172','',NULL);
INSERT INTO "jobs" VALUES('dst_01m8dpy2ege0b9yyjfxcc9b9mq','inspect_dataset','succeeded','inspecting','inspect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{}',NULL,NULL,3,NULL,'2026-11-27 05:16:31.570791','2026-11-27 05:16:31.654248','2026-11-27 05:16:31.680794','',NULL);
INSERT INTO "jobs" VALUES('dst_01m8dpy2k4ebc9jv51sh6277m8','inspect_dataset','succeeded','inspecting','inspect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{}',NULL,NULL,3,NULL,'2026-11-27 05:16:31.717453','2026-11-27 05:16:31.766748','2026-11-27 05:16:31.787077','',NULL);
INSERT INTO "jobs" VALUES('aud_01m8dpy2npexxbyfyvytrvsqta','audit','running','attacks','evaluate',NULL,NULL,'mdl_01m8dpy2a5ej2twkd5nhd027ka','dst_01m8dpy2k4ebc9jv51sh6277m8','dst_01m8dpy2ege0b9yyjfxcc9b9mq',NULL,'hrd_01m8dpy2npexxbyfyvywwjcrnn',NULL,'{"model_id":"mdl_01m8dpy2a5ej2twkd5nhd027ka","dataset_id":"dst_01m8dpy2k4ebc9jv51sh6277m8","preset":null,"attacks":[{"name":"fgsm","id":"fgsm-linf-0.1","norm":"linf","eps":0.1,"targeted":false,"target":"runner_up"},{"name":"pgd","id":"pgd-linf-0.0314-3","norm":"linf","eps":0.03137254901960784,"steps":3,"step_size":null,"targeted":false,"target":"runner_up","restarts":1,"random_start":true,"loss":"ce"},{"name":"apgd","id":"apgd-linf-0.1-3","norm":"linf","eps":0.1,"steps":3,"restarts":1,"loss":"ce"}],"neurons":null,"max_samples":8,"survivors_only":true,"harden":{"train_dataset_id":"dst_01m8dpy2ege0b9yyjfxcc9b9mq","method":"sns","selection":"sensitive","layers":"all","lambda":0.05,"eps":0.03137254901960784,"steps":10,"step_size":null,"adversary":"fresh","epochs":1,"batch_size":64,"optimizer":"adam","lr":0.002,"batch_norm":"train","top_fraction":0.1,"pairs":1000,"max_samples":null,"schedule":"cosine","warmup":0.3,"momentum":0.9,"weight_decay":0.0,"max_grad_norm":null,"regulariser":null,"max_clean_drop":0.15}}',NULL,'{"done":4.0,"total":24.0,"unit":"samples"}',4,'2026-11-27 05:16:31.965007','2026-11-27 05:16:31.798569','2026-11-27 05:16:31.846472',NULL,'',NULL);
INSERT INTO "jobs" VALUES('hrd_01m8dpy2npexxbyfyvywwjcrnn','hardening','queued','queued','waiting',NULL,NULL,'mdl_01m8dpy2a5ej2twkd5nhd027ka','dst_01m8dpy2k4ebc9jv51sh6277m8','dst_01m8dpy2ege0b9yyjfxcc9b9mq','aud_01m8dpy2npexxbyfyvytrvsqta',NULL,NULL,'{"train_dataset_id":"dst_01m8dpy2ege0b9yyjfxcc9b9mq","method":"sns","selection":"sensitive","layers":"all","lambda":0.05,"eps":0.03137254901960784,"steps":10,"step_size":null,"adversary":"fresh","epochs":1,"batch_size":64,"optimizer":"adam","lr":0.002,"batch_norm":"train","top_fraction":0.1,"pairs":1000,"max_samples":null,"schedule":"cosine","warmup":0.3,"momentum":0.9,"weight_decay":0.0,"max_grad_norm":null,"regulariser":null,"max_clean_drop":0.15,"model_id":"mdl_01m8dpy2a5ej2twkd5nhd027ka","eval_dataset_id":"dst_01m8dpy2k4ebc9jv51sh6277m8","attacks":[{"name":"fgsm","id":"fgsm-linf-0.1","norm":"linf","eps":0.1,"targeted":false,"target":"runner_up"},{"name":"pgd","id":"pgd-linf-0.0314-3","norm":"linf","eps":0.03137254901960784,"steps":3,"step_size":null,"targeted":false,"target":"runner_up","restarts":1,"random_start":true,"loss":"ce"},{"name":"apgd","id":"apgd-linf-0.1-3","norm":"linf","eps":0.1,"steps":3,"restarts":1,"loss":"ce"}],"eval_max_samples":8,"eval_samples":"first","seed":0,"name":null,"labels":{},"execution":{"batch_size":null,"shards":null}}',NULL,NULL,0,NULL,'2026-11-27 05:16:31.800171',NULL,NULL,'',NULL);
INSERT INTO "jobs" VALUES('hrd_01m8dpy2p4ej488tetbw59mjnf','hardening','running','training','train',NULL,NULL,'mdl_01m8dpy2a5ej2twkd5nhd027ka','dst_01m8dpy2k4ebc9jv51sh6277m8','dst_01m8dpy2ege0b9yyjfxcc9b9mq',NULL,NULL,NULL,'{"train_dataset_id":"dst_01m8dpy2ege0b9yyjfxcc9b9mq","method":"pat","epochs":2,"model_id":"mdl_01m8dpy2a5ej2twkd5nhd027ka","eval_dataset_id":"dst_01m8dpy2k4ebc9jv51sh6277m8","attacks":[{"name":"fgsm","id":"fgsm-linf-0.0314","norm":"linf","eps":0.03137254901960784,"targeted":false,"target":"runner_up"},{"name":"pgd","id":"pgd-linf-0.0314-20","norm":"linf","eps":0.03137254901960784,"steps":20,"step_size":null,"targeted":false,"target":"runner_up","restarts":1,"random_start":true,"loss":"ce"}],"eval_max_samples":4,"seed":5}',NULL,NULL,5,'2026-11-27 05:16:31.894544','2026-11-27 05:16:31.812558','2026-11-27 05:16:31.867595',NULL,'',NULL);
INSERT INTO "jobs" VALUES('mdl_01m8dpydxhemest3kpbfynye9r','inspect_model','queued','inspecting','inspect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{}',NULL,NULL,1,NULL,'2026-11-27 05:16:43.315086',NULL,NULL,'',NULL);
INSERT INTO "jobs" VALUES('aud_01m8dpydyhey1sj00t71hw6sz5','audit','queued','inspecting','waiting',NULL,NULL,'mdl_01m8dpydxhemest3kpbfynye9r','dst_01m8dpy2k4ebc9jv51sh6277m8',NULL,NULL,NULL,NULL,'{"model_id":"mdl_01m8dpydxhemest3kpbfynye9r","dataset_id":"dst_01m8dpy2k4ebc9jv51sh6277m8","preset":null,"attacks":[{"name":"fgsm","id":"fgsm-linf-0.1","norm":"linf","eps":0.1,"targeted":false,"target":"runner_up"}],"neurons":null,"max_samples":4}',NULL,NULL,0,NULL,'2026-11-27 05:16:43.345792',NULL,NULL,'',NULL);
CREATE TABLE "models" (
	parent_id VARCHAR(40), 
	hardening_id VARCHAR(40), 
	id VARCHAR(40) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size BIGINT NOT NULL, 
	filename VARCHAR(255) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	problem JSON, 
	meta JSON NOT NULL, 
	inspection JSON, 
	created_at DATETIME NOT NULL, 
	owner VARCHAR(40) DEFAULT '' NOT NULL, 
	CONSTRAINT pk_models PRIMARY KEY (id), 
	CONSTRAINT uq_models_owner_fingerprint UNIQUE (owner, fingerprint)
);
INSERT INTO "models" VALUES(NULL,NULL,'mdl_01m8dpy2a5ej2twkd5nhd027ka','1ca5011e7c017c4081070c644b7aabea0e3f6fa7d2954d55bf0af06caa1c346c','some.bin','93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1',13,'some.bin','ready',NULL,'{"name":null,"format":null,"input":{"shape":null,"layout":null,"channels":"RGB","range":[0.0,1.0],"mean":null,"std":null},"labels":["owl","cat","dog"],"output":null,"accept_disagreement":false,"tags":{}}','{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"},"num_classes":3,"num_parameters":123,"trainable":true,"differentiable":true,"layers":[{"name":"conv1","kind":"conv","neurons":4,"shape":[4,8,8],"depth":0,"norm_folded":false},{"name":"fc","kind":"linear","neurons":3,"shape":[3],"depth":1,"norm_folded":false}]}','2026-11-27 05:16:31.430976','');
INSERT INTO "models" VALUES(NULL,NULL,'mdl_01m8dpydxhemest3kpbfynye9r','e69be4730a0047886e4e1e33d836951f5ae7366247b059436073b51e0e09dbcb','some.bin','d556e02a85803b1d71c94a462432da55b16b443f7579c8bfdc4a44a4c7d6a17a',9,'some.bin','inspecting',NULL,'{"name":null,"format":null,"input":{"shape":null,"layout":null,"channels":"RGB","range":[0.0,1.0],"mean":null,"std":null},"labels":null,"output":null,"accept_disagreement":false,"tags":{}}',NULL,'2026-11-27 05:16:43.314454','');
CREATE TABLE readiness (
	id INTEGER NOT NULL, 
	written_at DATETIME, 
	CONSTRAINT pk_readiness PRIMARY KEY (id)
);
INSERT INTO "readiness" VALUES(1,NULL);
CREATE TABLE shards (
	id VARCHAR(40) NOT NULL, 
	job_id VARCHAR(40) NOT NULL, 
	stage VARCHAR(20) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	result_key VARCHAR(64) NOT NULL, 
	message JSON NOT NULL, 
	attempt INTEGER NOT NULL, 
	losses INTEGER NOT NULL, 
	weight DOUBLE NOT NULL, 
	worker VARCHAR(200), 
	lease_at DATETIME, 
	enqueued_at DATETIME, 
	progress JSON, 
	result JSON, "after" JSON DEFAULT '[]' NOT NULL, deferrals INTEGER DEFAULT '0' NOT NULL, deferred_at DATETIME, not_before DATETIME, 
	CONSTRAINT pk_shards PRIMARY KEY (id), 
	CONSTRAINT fk_shards_job_id FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE, 
	CONSTRAINT uq_shards_job_id_stage_name UNIQUE (job_id, stage, name)
);
INSERT INTO "shards" VALUES('shd_01m8dpy2a9e95ttsgwqckfke0q','mdl_01m8dpy2a5ej2twkd5nhd027ka','inspect','inspect','succeeded','b6517489cc5f839fee88beaedc5705303749853f04d69bbb08c2ea1f7d7f9202','{"job_id":"mdl_01m8dpy2a5ej2twkd5nhd027ka","shard_id":"shd_01m8dpy2a9e95ttsgwqckfke0q","owner":"","stage":"inspect_model","attempt":1,"inputs":{"file":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13}},"params":{"name":null,"format":null,"input":{"shape":null,"layout":null,"channels":"RGB","range":[0.0,1.0],"mean":null,"std":null},"labels":["owl","cat","dog"],"output":null,"accept_disagreement":false,"tags":{},"filename":"some.bin"},"execution":{},"limits":{"wall_seconds":300.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":68719476736}}',1,0,1.0,'worker-of-the-tests','2026-11-27 05:16:31.525323','2026-11-27 05:16:31.440627',NULL,'{"value":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"},"num_classes":3,"num_parameters":123,"trainable":true,"differentiable":true,"layers":[{"name":"conv1","kind":"conv","neurons":4,"shape":[4,8,8],"depth":0,"norm_folded":false},{"name":"fc","kind":"linear","neurons":3,"shape":[3],"depth":1,"norm_folded":false}]},"files":{},"seconds":0.25,"environment":{"device":"cpu"}}','[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2ekec2r43ctf5rnnwrp','dst_01m8dpy2ege0b9yyjfxcc9b9mq','inspect','inspect','succeeded','9f3432cc8ec54c3b892969b0d64fa9b6240eb38c5dd49f84fcb0911b25c7e5cc','{"job_id":"dst_01m8dpy2ege0b9yyjfxcc9b9mq","shard_id":"shd_01m8dpy2ekec2r43ctf5rnnwrp","owner":"","stage":"inspect_dataset","attempt":1,"inputs":{"file":{"sha256":"116f54c41d0405dbb10e7b04ebc31e262a5b8c85c1233fcf36eaee344d91ae58","size":5}},"params":{"metadata":{"name":null,"layout":null,"labels":null,"label_order":null,"split":null,"image_column":null,"label_column":null,"resize":null,"channels":null},"filename":"some.bin"},"execution":{},"limits":{"wall_seconds":300.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":68719476736}}',1,0,1.0,'worker-of-the-tests','2026-11-27 05:16:31.654217','2026-11-27 05:16:31.578749',NULL,'{"value":{"num_samples":10,"shape":[1,8,8],"dtype":"uint8","num_classes":3,"class_counts":[4,3,3],"resize":"none","labels":["cat","dog","owl"],"label_source":"name"},"files":{"x":{"name":"x.npy","kind":"array","format":"npy","blob":{"sha256":"2db87e27aed5724b7376998c3ebc448e0154f9b823a38e7241a1d045f97b5898","size":65}},"y":{"name":"y.npy","kind":"array","format":"npy","blob":{"sha256":"3f3d48845f03ef50698357fb266f4969cbe29078e444f81a196c3ef683521386","size":65}}},"seconds":0.25,"environment":{"device":"cpu"}}','[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2k5eykr3gpezq7b9gnt','dst_01m8dpy2k4ebc9jv51sh6277m8','inspect','inspect','succeeded','1193d639ecff088c258b9c1b7b29b8e89e5b594137935ec47af83163202b4136','{"job_id":"dst_01m8dpy2k4ebc9jv51sh6277m8","shard_id":"shd_01m8dpy2k5eykr3gpezq7b9gnt","owner":"","stage":"inspect_dataset","attempt":1,"inputs":{"file":{"sha256":"1bbd174404efbce95f1af489ef93f4aa0f4d55718f24c3504682216afa7b7fb1","size":4}},"params":{"metadata":{"name":null,"layout":null,"labels":null,"label_order":null,"split":null,"image_column":null,"label_column":null,"resize":null,"channels":null},"filename":"some.bin"},"execution":{},"limits":{"wall_seconds":300.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":68719476736}}',1,0,1.0,'worker-of-the-tests','2026-11-27 05:16:31.766724','2026-11-27 05:16:31.726811',NULL,'{"value":{"num_samples":10,"shape":[1,8,8],"dtype":"uint8","num_classes":3,"class_counts":[4,3,3],"resize":"none","labels":["cat","dog","owl"],"label_source":"name"},"files":{"x":{"name":"x.npy","kind":"array","format":"npy","blob":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65}},"y":{"name":"y.npy","kind":"array","format":"npy","blob":{"sha256":"435187b17d1c768e5da49260e399aba908fc2991917ac07b547abfbd323486fe","size":65}}},"seconds":0.25,"environment":{"device":"cpu"}}','[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2nte85v8m15chjj60gr','aud_01m8dpy2npexxbyfyvytrvsqta','prepare','eval','succeeded','f64d38fed8b8b06ff0b7b67f37fa07312e2b0aa29722bbc228625f8cf31f63f2','{"job_id":"aud_01m8dpy2npexxbyfyvytrvsqta","shard_id":"shd_01m8dpy2nte85v8m15chjj60gr","owner":"","stage":"prepare","attempt":1,"inputs":{"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"435187b17d1c768e5da49260e399aba908fc2991917ac07b547abfbd323486fe","size":65}},"params":{"readings":[{"order":"name","logits":[1,2,0],"notes":["labels were matched with the model''s class names: 3 of the data set''s 3 classes are found among the model''s 3, in another order or as a part of them"]}],"channels":null},"execution":{},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":68719476736}}',1,0,1.0,'worker-of-the-tests','2026-11-27 05:16:31.846450','2026-11-27 05:16:31.810783',NULL,'{"value":{"order":"name","logits":[1,2,0],"notes":["labels were matched with the model''s class names: 3 of the data set''s 3 classes are found among the model''s 3, in another order or as a part of them"],"evidence":null,"channels":null},"files":{"y":{"name":"y.npy","kind":"array","format":"npy","blob":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72}}},"seconds":0.25,"environment":{"device":"cpu"}}','[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2p7e5j8eadksz07vf04','hrd_01m8dpy2p4ej488tetbw59mjnf','prepare','train','succeeded','e15c6bcc1b0648cbe1a10508745711f1331e1def21a2973a8a2ae993856b0425','{"job_id":"hrd_01m8dpy2p4ej488tetbw59mjnf","shard_id":"shd_01m8dpy2p7e5j8eadksz07vf04","owner":"","stage":"prepare","attempt":1,"inputs":{"x":{"sha256":"2db87e27aed5724b7376998c3ebc448e0154f9b823a38e7241a1d045f97b5898","size":65},"y":{"sha256":"3f3d48845f03ef50698357fb266f4969cbe29078e444f81a196c3ef683521386","size":65}},"params":{"readings":[{"order":"name","logits":[1,2,0],"notes":["labels were matched with the model''s class names: 3 of the data set''s 3 classes are found among the model''s 3, in another order or as a part of them"]}],"channels":null},"execution":{},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":68719476736}}',1,0,1.0,'worker-of-the-tests','2026-11-27 05:16:31.867574','2026-11-27 05:16:31.824622',NULL,'{"value":{"order":"name","logits":[1,2,0],"notes":["labels were matched with the model''s class names: 3 of the data set''s 3 classes are found among the model''s 3, in another order or as a part of them"],"evidence":null,"channels":null},"files":{"y":{"name":"y.npy","kind":"array","format":"npy","blob":{"sha256":"546c6562e6b3ed38beb35cc852b4912120382811c4879acf2a5df920be43ea53","size":72}}},"seconds":0.25,"environment":{"device":"cpu"}}','[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2p7e5j8eadkt1nww0t7','hrd_01m8dpy2p4ej488tetbw59mjnf','prepare','eval','succeeded','f64d38fed8b8b06ff0b7b67f37fa07312e2b0aa29722bbc228625f8cf31f63f2','{"job_id":"hrd_01m8dpy2p4ej488tetbw59mjnf","shard_id":"shd_01m8dpy2p7e5j8eadkt1nww0t7","owner":"","stage":"prepare","attempt":1,"inputs":{"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"435187b17d1c768e5da49260e399aba908fc2991917ac07b547abfbd323486fe","size":65}},"params":{"readings":[{"order":"name","logits":[1,2,0],"notes":["labels were matched with the model''s class names: 3 of the data set''s 3 classes are found among the model''s 3, in another order or as a part of them"]}],"channels":null},"execution":{},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":68719476736}}',1,0,1.0,'worker-of-the-tests','2026-11-27 05:16:31.885292','2026-11-27 05:16:31.827212',NULL,'{"value":{"order":"name","logits":[1,2,0],"notes":["labels were matched with the model''s class names: 3 of the data set''s 3 classes are found among the model''s 3, in another order or as a part of them"],"evidence":null,"channels":null},"files":{"y":{"name":"y.npy","kind":"array","format":"npy","blob":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72}}},"seconds":0.25,"environment":{"device":"cpu"}}','[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2qmenfspnxr1tdgwpzs','aud_01m8dpy2npexxbyfyvytrvsqta','evaluate','samples.0.0','succeeded','23862b686f966922ce3605afdc7b9d9abd5ffcf8db2985bd634e96d9cbb67777','{"job_id":"aud_01m8dpy2npexxbyfyvytrvsqta","shard_id":"shd_01m8dpy2qmenfspnxr1tdgwpzs","owner":"","stage":"attack","attempt":1,"inputs":{"model":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13},"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72}},"params":{"model":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"}},"attack":{"name":"fgsm","id":null,"norm":"linf","eps":0.1,"targeted":false,"target":"runner_up"},"start":0,"stop":4,"seed":0,"keep_examples":false},"execution":{"batch_size":null},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":4294967296}}',1,0,4.0,'worker-of-the-tests','2026-11-27 05:16:31.958677','2026-11-27 05:16:31.865629',NULL,'{"value":{"clean_correct":4,"attacked":4,"success":0,"target":null,"forward_passes":4,"backward_passes":4,"seconds":0.125,"figures":{},"num_classes":3,"norm":null,"randomised":false},"files":{"samples":{"name":"samples.npz","kind":"samples","format":"npz","blob":{"sha256":"2f1fe6532d7036c1b1ce117c7fb6a832428236a19f2592c58acd5e3300daefe4","size":64}}},"seconds":0.25,"environment":{"device":"cpu"}}','[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2qmenfspnxr1xwbc78p','aud_01m8dpy2npexxbyfyvytrvsqta','evaluate','samples.1.0','queued','f88b6c14918e1a7e696e411baf0f464014a12f594a6d9e05084cdc2266f7bbb8','{"job_id":"aud_01m8dpy2npexxbyfyvytrvsqta","shard_id":"shd_01m8dpy2qmenfspnxr1xwbc78p","owner":"","stage":"attack","attempt":1,"inputs":{"model":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13},"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72}},"params":{"model":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"}},"attack":{"name":"pgd","id":null,"norm":"linf","eps":0.03137254901960784,"steps":3,"step_size":null,"targeted":false,"target":"runner_up","restarts":1,"random_start":true,"loss":"ce"},"start":0,"stop":4,"seed":0,"keep_examples":false},"execution":{"batch_size":null},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":4294967296}}',1,0,4.0,NULL,NULL,'2026-11-27 05:16:31.933482',NULL,NULL,'[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2qmenfspnxr23f3w567','aud_01m8dpy2npexxbyfyvytrvsqta','evaluate','samples.2.0','queued','a9ef4789a2505e243b1f6facfa5a24957d21b8268f3bd988aa163aeb90501ed7','{"job_id":"aud_01m8dpy2npexxbyfyvytrvsqta","shard_id":"shd_01m8dpy2qmenfspnxr23f3w567","owner":"","stage":"attack","attempt":1,"inputs":{"model":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13},"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72},"fooled.0":{"sha256":"2f1fe6532d7036c1b1ce117c7fb6a832428236a19f2592c58acd5e3300daefe4","size":64}},"params":{"model":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"}},"attack":{"name":"apgd","id":null,"norm":"linf","eps":0.1,"steps":3,"restarts":1,"loss":"ce"},"start":0,"stop":4,"seed":0,"keep_examples":false},"execution":{"batch_size":null},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":4294967296}}',1,0,4.0,NULL,NULL,'2026-11-27 05:16:32.031938',NULL,NULL,'["samples.0.0"]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2qmenfspnxr25s82zq0','aud_01m8dpy2npexxbyfyvytrvsqta','evaluate','samples.0.1','queued','2abf4bcbe3d3f657486763e12db64239ebbe93c45a323ef94cebd0de944f69b8','{"job_id":"aud_01m8dpy2npexxbyfyvytrvsqta","shard_id":"shd_01m8dpy2qmenfspnxr25s82zq0","owner":"","stage":"attack","attempt":1,"inputs":{"model":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13},"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72}},"params":{"model":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"}},"attack":{"name":"fgsm","id":null,"norm":"linf","eps":0.1,"targeted":false,"target":"runner_up"},"start":4,"stop":8,"seed":0,"keep_examples":false},"execution":{"batch_size":null},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":4294967296}}',1,0,4.0,NULL,NULL,'2026-11-27 05:16:31.951351',NULL,NULL,'[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2qmenfspnxr2awhh6px','aud_01m8dpy2npexxbyfyvytrvsqta','evaluate','samples.1.1','queued','07992e5c567e77c21f8720f7a80326998e07342fee6f88fab667b6f7f2212851','{"job_id":"aud_01m8dpy2npexxbyfyvytrvsqta","shard_id":"shd_01m8dpy2qmenfspnxr2awhh6px","owner":"","stage":"attack","attempt":1,"inputs":{"model":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13},"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72}},"params":{"model":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"}},"attack":{"name":"pgd","id":null,"norm":"linf","eps":0.03137254901960784,"steps":3,"step_size":null,"targeted":false,"target":"runner_up","restarts":1,"random_start":true,"loss":"ce"},"start":4,"stop":8,"seed":0,"keep_examples":false},"execution":{"batch_size":null},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":4294967296}}',1,0,4.0,NULL,NULL,'2026-11-27 05:16:32.017355',NULL,NULL,'[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2qmenfspnxr2ddd0enp','aud_01m8dpy2npexxbyfyvytrvsqta','evaluate','samples.2.1','waiting','31e2e1483fc3ea00f40cdbd66e644aaf7441b2d5b05d7e802df46814934838b6','{"job_id":"aud_01m8dpy2npexxbyfyvytrvsqta","shard_id":"shd_01m8dpy2qmenfspnxr2ddd0enp","owner":"","stage":"attack","attempt":1,"inputs":{"model":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13},"x":{"sha256":"c5d32c8c0750e7c80995ba6516302e95c45ffe8bf961289b39563e02bc0efb6d","size":65},"y":{"sha256":"d1bf9dbf08f742e51ddb05592f2a1a6097c5c1890693d5af13f320b1cfb403a0","size":72}},"params":{"model":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"}},"attack":{"name":"apgd","id":null,"norm":"linf","eps":0.1,"steps":3,"restarts":1,"loss":"ce"},"start":4,"stop":8,"seed":0,"keep_examples":false},"execution":{"batch_size":null},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":4294967296}}',1,0,4.0,NULL,NULL,NULL,NULL,NULL,'["samples.0.1"]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpy2rteq2shs03d4j9ztve','hrd_01m8dpy2p4ej488tetbw59mjnf','train','train','queued','5962d2b24859031c0283b67519ee1cac48989c472a37e174385bcf374dad2d1e','{"job_id":"hrd_01m8dpy2p4ej488tetbw59mjnf","shard_id":"shd_01m8dpy2rteq2shs03d4j9ztve","owner":"","stage":"harden","attempt":1,"inputs":{"model":{"sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","size":13},"x":{"sha256":"2db87e27aed5724b7376998c3ebc448e0154f9b823a38e7241a1d045f97b5898","size":65},"y":{"sha256":"546c6562e6b3ed38beb35cc852b4912120382811c4879acf2a5df920be43ea53","size":72}},"params":{"model":{"format":"onnx","input":{"shape":[1,8,8],"layout":"NCHW"}},"harden":{"method":"pat","selection":"sensitive","layers":"all","lambda":0.05,"eps":0.03137254901960784,"steps":10,"step_size":null,"adversary":"fresh","epochs":2,"batch_size":64,"optimizer":"adam","lr":0.002,"batch_norm":"train","top_fraction":0.1,"pairs":1000,"max_samples":null,"schedule":"cosine","warmup":0.3,"momentum":0.9,"weight_decay":0.0,"max_grad_norm":null,"regulariser":null,"max_clean_drop":0.15},"seed":5,"parent":{"id":"mdl_01m8dpy2a5ej2twkd5nhd027ka","sha256":"93dc44381b5260808085f4dd99e5d439f52b86f2938527faf30bd72eb21afbc1","name":"some.bin"},"dataset":{"id":"dst_01m8dpy2ege0b9yyjfxcc9b9mq","sha256":"116f54c41d0405dbb10e7b04ebc31e262a5b8c85c1233fcf36eaee344d91ae58","name":"some.bin","label_mapping":{"order":"name","logits":[1,2,0],"evidence":null}}},"execution":{"batch_size":null},"limits":{"wall_seconds":14400.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":4294967296}}',1,0,1.0,NULL,NULL,'2026-11-27 05:16:32.041285',NULL,NULL,'[]',0,NULL,NULL);
INSERT INTO "shards" VALUES('shd_01m8dpydxkejvvs6bmjqd300p4','mdl_01m8dpydxhemest3kpbfynye9r','inspect','inspect','queued','bb5271e1db59fdb9511904081884fc8d1495b4cfaa0410d4841090111cc6e4ad','{"job_id":"mdl_01m8dpydxhemest3kpbfynye9r","shard_id":"shd_01m8dpydxkejvvs6bmjqd300p4","owner":"","stage":"inspect_model","attempt":1,"inputs":{"file":{"sha256":"d556e02a85803b1d71c94a462432da55b16b443f7579c8bfdc4a44a4c7d6a17a","size":9}},"params":{"name":null,"format":null,"input":{"shape":null,"layout":null,"channels":"RGB","range":[0.0,1.0],"mean":null,"std":null},"labels":null,"output":null,"accept_disagreement":false,"tags":{},"filename":"some.bin"},"execution":{},"limits":{"wall_seconds":300.0,"cpu_seconds":null,"memory_bytes":8589934592,"output_bytes":68719476736}}',1,0,1.0,NULL,NULL,'2026-11-27 05:16:43.320537',NULL,NULL,'[]',0,NULL,NULL);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE INDEX ix_jobs_dataset_id ON jobs (dataset_id);
CREATE INDEX ix_jobs_kind_id ON jobs (kind, id);
CREATE INDEX ix_jobs_model_id ON jobs (model_id);
CREATE INDEX ix_jobs_parent_job_id ON jobs (parent_job_id);
CREATE INDEX ix_jobs_status ON jobs (status);
CREATE INDEX ix_jobs_train_dataset_id ON jobs (train_dataset_id);
CREATE INDEX ix_artifacts_job_id ON artifacts (job_id);
CREATE INDEX ix_artifacts_sha256 ON artifacts (sha256);
CREATE INDEX ix_shards_result_key ON shards (result_key);
CREATE INDEX ix_shards_status ON shards (status);
CREATE INDEX ix_models_sha256 ON models (sha256);
CREATE INDEX ix_datasets_sha256 ON datasets (sha256);
CREATE INDEX ix_jobs_owner_kind_id ON jobs (owner, kind, id);
COMMIT;
