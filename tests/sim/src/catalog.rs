//! Catalogue of names and kinds: frameworks, jobs, roles, sites and machines.

/// Executor of a framework's tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExecutorKind {
    /// Mesos' command executor: the task has no executor id, its statuses have the task's id.
    Command,
    /// One default executor per task: a pod of one container.
    Pod,
    /// The framework's own executor, one per task.
    Own(&'static str),
}

/// Format of a framework's task ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskIdScheme {
    /// `eng_web_checkout-api.<uuid>`
    Prefixed,
    /// `checkout-api.<uuid>`
    Uuid,
    /// `ct:1795306106000:0:nightly-report:`
    Cron,
    /// `executor-driver-20261122-4711`
    Number,
}

/// A kind of scheduler.
#[derive(Debug)]
pub(crate) struct FrameworkKind {
    pub(crate) name: &'static str,
    pub(crate) user: &'static str,
    pub(crate) roles: &'static [&'static str],
    pub(crate) jobs: &'static [&'static str],
    pub(crate) image: &'static str,
    pub(crate) runner: ExecutorKind,
    pub(crate) ids: TaskIdScheme,
    /// Whether it has the capability PARTITION_AWARE: its tasks become TASK_UNREACHABLE, not TASK_LOST.
    pub(crate) partition_aware: bool,
    pub(crate) failover_hours: u64,
    /// Whether its tasks are services with a port and discovery.
    pub(crate) serves: bool,
    /// Whether it has the capability TASK_KILLING_STATE, which sends TASK_KILLING before a kill.
    pub(crate) reported_of_killing: bool,
    pub(crate) checkpoint: bool,
    /// Offer constraints as JSON.
    pub(crate) offer_constraints: &'static str,
}

/// Excludes machines for training, and requires a rack to tell instances apart.
const ON_RACKS: &str = "{\"role_constraints\":{\"eng/web\":{\"groups\":[{\"attribute_constraints\":[\
    {\"selector\":{\"attribute_name\":\"rack\"},\"predicate\":{\"exists\":{}}},\
    {\"selector\":{\"attribute_name\":\"class\"},\"predicate\":{\"text_not_equals\":{\"value\":\"gpu\"}}},\
    {\"selector\":{\"pseudoattribute_type\":\"HOSTNAME\"},\"predicate\":{\"text_matches\":{\"regex\":\"a[0-9]+[.].*\"}}}]}]}}}";

pub(crate) const KINDS: &[FrameworkKind] = &[
    FrameworkKind {
        name: "marathon",
        user: "root",
        roles: &["eng/web", "eng/search"],
        jobs: &[
            "checkout-api",
            "storefront",
            "search-frontend",
            "session-store",
            "image-resizer",
            "geo-lookup",
            "api-gateway",
        ],
        image: "eng/service",
        runner: ExecutorKind::Command,
        ids: TaskIdScheme::Prefixed,
        partition_aware: true,
        failover_hours: 168,
        serves: true,
        reported_of_killing: true,
        checkpoint: true,
        offer_constraints: ON_RACKS,
    },
    FrameworkKind {
        name: "spark-etl",
        user: "etl",
        roles: &["data/etl"],
        jobs: &["daily-sales", "clickstream", "sessionise", "dedupe-events", "join-catalogue"],
        image: "data/spark",
        runner: ExecutorKind::Own("spark-executor"),
        ids: TaskIdScheme::Number,
        partition_aware: false,
        failover_hours: 0,
        serves: false,
        reported_of_killing: true,
        checkpoint: false,
        offer_constraints: "{}",
    },
    FrameworkKind {
        name: "marathon-pods",
        user: "root",
        roles: &["eng/edge"],
        jobs: &["edge-proxy", "rate-limiter", "token-issuer", "feature-flags"],
        image: "eng/edge",
        runner: ExecutorKind::Pod,
        ids: TaskIdScheme::Prefixed,
        partition_aware: true,
        failover_hours: 168,
        serves: true,
        reported_of_killing: true,
        checkpoint: true,
        offer_constraints: "{}",
    },
    FrameworkKind {
        name: "chronos",
        user: "batch",
        roles: &["data/batch"],
        jobs: &["nightly-report", "rotate-keys", "compact-index", "expire-sessions", "billing-run"],
        image: "batch/runner",
        runner: ExecutorKind::Command,
        ids: TaskIdScheme::Cron,
        partition_aware: true,
        failover_hours: 24,
        serves: false,
        reported_of_killing: true,
        checkpoint: true,
        offer_constraints: "{}",
    },
    FrameworkKind {
        name: "aurora",
        user: "aurora",
        roles: &["ads/serving"],
        jobs: &["bidder", "ranker", "budget-keeper", "impression-log", "creative-cache"],
        image: "ads/thermos",
        runner: ExecutorKind::Own("thermos"),
        ids: TaskIdScheme::Uuid,
        partition_aware: true,
        failover_hours: 504,
        serves: true,
        reported_of_killing: true,
        checkpoint: true,
        offer_constraints: "{}",
    },
    FrameworkKind {
        name: "jenkins",
        user: "jenkins",
        roles: &["ops/ci"],
        jobs: &["build-linux", "build-docs", "integration", "lint"],
        image: "ops/ci-agent",
        runner: ExecutorKind::Command,
        ids: TaskIdScheme::Uuid,
        partition_aware: false,
        failover_hours: 1,
        serves: false,
        reported_of_killing: true,
        checkpoint: false,
        offer_constraints: "{}",
    },
    FrameworkKind {
        name: "kafka",
        user: "kafka",
        roles: &["data/streams"],
        jobs: &["broker", "mirror", "schema-registry"],
        image: "data/kafka",
        runner: ExecutorKind::Own("kafka-executor"),
        ids: TaskIdScheme::Uuid,
        partition_aware: true,
        failover_hours: 720,
        serves: true,
        reported_of_killing: true,
        checkpoint: true,
        offer_constraints: "{}",
    },
    FrameworkKind {
        name: "horovod",
        user: "ml",
        roles: &["data/ml"],
        jobs: &["train-ranker", "train-speech", "embed-catalogue", "evaluate"],
        image: "ml/train",
        runner: ExecutorKind::Command,
        ids: TaskIdScheme::Uuid,
        partition_aware: true,
        failover_hours: 2,
        serves: false,
        reported_of_killing: true,
        checkpoint: true,
        offer_constraints: "{}",
    },
    FrameworkKind {
        name: "metronome",
        user: "root",
        roles: &["ops"],
        jobs: &["backup", "vacuum", "log-shipper", "cert-renewal"],
        image: "ops/jobs",
        runner: ExecutorKind::Command,
        ids: TaskIdScheme::Uuid,
        partition_aware: true,
        failover_hours: 24,
        serves: false,
        reported_of_killing: true,
        checkpoint: true,
        offer_constraints: "{}",
    },
];

/// A framework of the recorded cluster.
const fn recorded(name: &'static str, roles: &'static [&'static str], runner: ExecutorKind) -> FrameworkKind {
    FrameworkKind {
        name,
        user: "root",
        roles,
        jobs: &["task"],
        image: "none",
        runner,
        ids: TaskIdScheme::Uuid,
        partition_aware: true,
        failover_hours: 0,
        serves: false,
        reported_of_killing: false,
        checkpoint: true,
        offer_constraints: "{}",
    }
}

pub(crate) static ALPHA: FrameworkKind = recorded("alpha", &["dev"], ExecutorKind::Command);
pub(crate) static PODS: FrameworkKind = recorded("pods", &["podrole"], ExecutorKind::Pod);
pub(crate) static TEST: FrameworkKind = recorded("test", &["test"], ExecutorKind::Command);

/// Teams with their own scheduler of a kind: `spark-etl-growth-12`.
pub(crate) const TEAMS: &[&str] =
    &["growth", "payments", "catalogue", "fraud", "mobile", "maps", "support", "risk", "video", "identity", "pricing"];

pub(crate) const SITES: &[&str] = &["ams", "fra", "dub", "iad"];

/// Region and zones of each site, as in an agent's fault domain.
pub(crate) const REGIONS: &[&str] = &["eu-west", "eu-central", "eu-north", "us-east"];
pub(crate) const ZONES: &[&str] = &["a", "b", "c"];

/// A kind of machine: whole CPUs, mem and disk in MB, GPUs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    pub(crate) cpus: u32,
    pub(crate) mem: u32,
    pub(crate) disk: u32,
    pub(crate) gpus: u32,
    pub(crate) class: &'static str,
}

pub(crate) const MACHINES: &[Machine] = &[
    Machine { cpus: 32, mem: 126_976, disk: 908_288, gpus: 0, class: "general" },
    Machine { cpus: 48, mem: 190_464, disk: 1_816_576, gpus: 0, class: "general" },
    Machine { cpus: 32, mem: 126_976, disk: 908_288, gpus: 0, class: "general" },
    Machine { cpus: 64, mem: 253_952, disk: 908_288, gpus: 0, class: "compute" },
    Machine { cpus: 96, mem: 761_856, disk: 3_633_152, gpus: 0, class: "memory" },
    Machine { cpus: 32, mem: 126_976, disk: 7_266_304, gpus: 0, class: "storage" },
    Machine { cpus: 64, mem: 507_904, disk: 1_816_576, gpus: 8, class: "gpu" },
];

/// Machine of the recorded cluster's agents.
pub(crate) const RECORDED_MACHINE: Machine = Machine { cpus: 4, mem: 4096, disk: 8192, gpus: 0, class: "recorded" };

/// CPU requests of tasks in thousandths.
pub(crate) const TASK_CPUS: &[u32] = &[100, 250, 250, 500, 500, 1000, 1000, 1500, 2000, 4000];
/// Memory requests of tasks in MB.
pub(crate) const TASK_MEM: &[u32] = &[64, 128, 256, 512, 512, 1024, 1024, 2048, 4096];
pub(crate) const TASK_DISK: &[u32] = &[32, 128, 256, 512, 1024, 4096];

/// Weights other than 1 by role, in thousandths.
pub(crate) const WEIGHTS: &[(&str, u64)] = &[("ads/serving", 2000), ("data/ml", 1500), ("eng/web", 3000), ("ops", 500)];

/// Quotas of cpus and mem: role, guarantee and limit as shares of the cluster in thousandths; 0 is none.
pub(crate) const QUOTAS: &[(&str, u64, u64)] = &[("data", 0, 600), ("eng", 100, 500), ("ops", 20, 0)];
