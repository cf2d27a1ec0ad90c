//! Reservations and volumes of an agent's resources (PROTOCOL.md, "RESERVE_RESOURCES", "CREATE_VOLUMES"). The answer is 202, and no event follows.

use serde_json::Value;

use crate::answer::call::Call;
use crate::answer::reply::{Answer, Body};
use crate::answer::reservation_rules::{reservation_error, volume_id_error};
use crate::cluster::Sim;
use crate::json_out::text;
use crate::world::pool::{Item, Pool, Quantity};
use crate::world::resources::Ports;

/// An operation in Mesos' words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Reserve,
    Unreserve,
    Create,
    Destroy,
    Grow,
    Shrink,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Operation::Reserve => "RESERVE",
            Operation::Unreserve => "UNRESERVE",
            Operation::Create => "CREATE",
            Operation::Destroy => "DESTROY",
            Operation::Grow => "GROW_VOLUME",
            Operation::Shrink => "SHRINK_VOLUME",
        }
    }

    /// Whether a refusal names the agent.
    fn names_agent(self) -> bool {
        !matches!(self, Operation::Unreserve | Operation::Destroy)
    }
}

pub(super) fn answer(sim: &mut Sim, call: &Call, operation: Operation) -> Answer {
    let resized = matches!(operation, Operation::Grow | Operation::Shrink);
    if resized && call.fields.get("agent_id").is_none() {
        let why = "Expecting 'agent_id' to be present; only agent default resources are supported right now";
        return Answer::refused(400, why);
    }
    let Some(number) = sim.world.agent_number(call.text("agent_id.value")).filter(|it| sim.world.agent(*it).listed())
    else {
        return Answer::refused(400, "No agent found with specified ID");
    };
    match apply(sim, number, call, operation) {
        Ok(Some(pool)) => {
            sim.change().withdraw_offers(|offer| offer.agent == number);
            sim.change().agents[number as usize].pool = Some(pool);
            Answer { status: 202, body: Body::Empty }
        }
        // A real master accepts it and aborts (PROTOCOL.md, "Calls that abort Mesos").
        Ok(None) => {
            sim.has_aborted = true;
            Answer { status: 202, body: Body::Empty }
        }
        Err(Refusal::Missing { available, wanted }) => {
            Answer::refused(409, format!("{} does not contain {}", available.text(), wanted.text()))
        }
        Err(Refusal::Malformed(why)) => Answer::refused(400, format!("Failed to validate master::Call: {why}")),
        Err(Refusal::Invalid(why)) => {
            let on = if operation.names_agent() {
                format!(" on agent {}", sim.describe_agent(number))
            } else {
                String::new()
            };
            Answer::refused(400, format!("Invalid {} operation{on}: {why}", operation.name()))
        }
    }
}

#[derive(Debug)]
enum Refusal {
    /// The agent lacks the resources.
    Missing {
        available: Pool,
        wanted: Pool,
    },
    /// The call itself is invalid.
    Malformed(String),
    Invalid(String),
}

/// The agent's pool after the operation; `None` if a real master would abort.
fn apply(sim: &Sim, number: u32, call: &Call, operation: Operation) -> Result<Option<Pool>, Refusal> {
    let agent = sim.world.agent(number);
    let pool = agent.pool.clone().unwrap_or_else(|| agent.first_pool(sim.world.seed));
    let list = match operation {
        Operation::Reserve | Operation::Unreserve => "resources",
        Operation::Create | Operation::Destroy => "volumes",
        Operation::Grow | Operation::Shrink => return resize(&pool, &agent.used, call, operation).map(Some),
    };
    let values = call.fields.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let items = values.iter().map(item).collect::<Result<Vec<Item>, Refusal>>()?;
    if items.is_empty() {
        return Err(Refusal::Invalid("Invalid resources: The resources have multiple resource providers: ".to_owned()));
    }
    if let Some(why) = items.iter().find_map(reservation_error) {
        return Err(Refusal::Malformed(why));
    }
    if items.iter().any(|item| item.quantity == Quantity::Scalar(0)) && operation != Operation::Destroy {
        return Ok(None);
    }
    check(sim, number, &items, operation)?;
    let sources = call.fields.get("source").and_then(Value::as_array);
    let sources = sources.map(|all| all.iter().map(item).collect::<Result<Vec<Item>, Refusal>>()).transpose()?;
    if let Some(why) = sources.iter().flatten().find_map(reservation_error) {
        return Err(Refusal::Invalid(why));
    }
    if sources.as_ref().is_some_and(|sources| !has_same_amounts(sources, &items)) {
        let why = "Source and target resources should refer to identical resource quantities";
        return Err(Refusal::Invalid(why.to_owned()));
    }
    if operation == Operation::Create {
        check_unique(&pool, &items)?;
    }
    let mut changed = pool.clone();
    let pairs = items.iter().enumerate().map(|(nth, item)| {
        let source = sources.as_ref().and_then(|all| all.get(nth)).cloned();
        convert(item, source, operation)
    });
    for (from, to) in pairs {
        let mut available = changed.without(&agent.used);
        if !available.take(&from) {
            if operation == Operation::Destroy {
                return Err(Refusal::Invalid("Persistent volumes not found".to_owned()));
            }
            let wanted = Pool(items.iter().map(|item| convert(item, None, operation).0).collect());
            return Err(Refusal::Missing { available: pool.without(&agent.used), wanted });
        }
        changed.take(&from);
        changed.add(to);
    }
    Ok(Some(changed))
}

/// The ids of volumes are unique for a role on an agent.
fn check_unique(pool: &Pool, volumes: &[Item]) -> Result<(), Refusal> {
    let id = |item: &Item| item.disk.as_ref().and_then(|disk| disk["persistence"]["id"].as_str().map(str::to_owned));
    let is_same = |one: &Item, other: &Item| one.is_volume() && one.role() == other.role() && id(one) == id(other);
    let taken = volumes
        .iter()
        .enumerate()
        .find(|(nth, volume)| pool.0.iter().chain(volumes.iter().take(*nth)).any(|other| is_same(other, volume)));
    match taken {
        Some((_, volume)) => {
            let why = format!("Persistence ID '{}' is not unique", id(volume).unwrap_or_default());
            Err(Refusal::Invalid(why))
        }
        None => Ok(()),
    }
}

fn has_same_amounts(sources: &[Item], targets: &[Item]) -> bool {
    let amounts = |items: &[Item]| items.iter().map(|item| (item.name.clone(), item.quantity)).collect::<Vec<_>>();
    amounts(sources) == amounts(targets)
}

/// What an operation takes from the pool and what it adds.
fn convert(item: &Item, source: Option<Item>, operation: Operation) -> (Item, Item) {
    let mut other = item.clone();
    match operation {
        Operation::Reserve => {
            other.reservations = match source {
                Some(source) => source.reservations,
                None => item.reservations.split_last().map_or_else(Vec::new, |(_, rest)| rest.to_vec()),
            };
            (other, item.clone())
        }
        Operation::Unreserve => {
            other.reservations.pop();
            (item.clone(), other)
        }
        Operation::Create => (without_persistence(item), item.clone()),
        _ => (item.clone(), without_persistence(item)),
    }
}

fn without_persistence(item: &Item) -> Item {
    let disk = item.disk.clone().and_then(|mut disk| {
        let fields = disk.as_object_mut()?;
        fields.remove("persistence");
        fields.remove("volume");
        (!fields.is_empty()).then_some(disk)
    });
    Item { disk, is_shared: false, ..item.clone() }
}

fn check(sim: &Sim, number: u32, items: &[Item], operation: Operation) -> Result<(), Refusal> {
    let in_use = sim.world.volumes_in_use(|used| used.agent == number);
    for item in items {
        let disk = item.disk.as_ref().filter(|_| item.is_volume());
        if let Some(why) = disk.and_then(volume_id_error) {
            return Err(Refusal::Invalid(why));
        }
        let reservation = item.reservations.last();
        match (operation, reservation) {
            (Operation::Reserve | Operation::Unreserve, None) => {
                return Err(Refusal::Invalid(format!("Resource {} is not dynamically reserved", item.text())));
            }
            (Operation::Reserve | Operation::Unreserve, Some(reservation)) if reservation["type"] == "STATIC" => {
                return Err(Refusal::Invalid(format!("Resource {} is not dynamically reserved", item.text())));
            }
            (Operation::Reserve, Some(reservation)) => check_principal(sim, reservation)?,
            (Operation::Create, _) => check_volume(item)?,
            (Operation::Destroy, _) if !item.is_volume() => {
                return Err(Refusal::Invalid("Persistent volumes not found".to_owned()));
            }
            (Operation::Destroy, _) if in_use.iter().any(|(used, _)| *used == item) => {
                return Err(Refusal::Invalid("Persistent volumes in use".to_owned()));
            }
            (Operation::Unreserve, _) if item.is_volume() => {
                let head =
                    format!("A dynamically reserved persistent volume {} cannot be unreserved directly", item.text());
                let tail = "Please destroy the persistent volume first then unreserve the resource";
                return Err(Refusal::Invalid(format!("{head}. {tail}")));
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_principal(sim: &Sim, reservation: &Value) -> Result<(), Refusal> {
    let Some(principal) = &sim.principal else { return Ok(()) };
    match reservation["principal"].as_str() {
        Some(other) if other == principal => Ok(()),
        Some(other) => Err(Refusal::Invalid(format!(
            "A reserve operation was attempted by authenticated principal '{principal}', which does not match a reserved resource in the request with principal '{other}'"
        ))),
        None => Err(Refusal::Invalid(format!(
            "A reserve operation was attempted by principal '{principal}', but there is a reserved resource in the request with no principal set"
        ))),
    }
}

fn check_volume(item: &Item) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::Invalid(why.to_owned()));
    if item.reservations.is_empty() {
        return refuse("Persistent volumes cannot be created from unreserved resources");
    }
    let Some(disk) = item.disk.as_ref().filter(|_| item.is_volume()) else {
        return refuse("Missing 'persistence' in 'DiskInfo'");
    };
    if disk["volume"]["mode"] == "RO" {
        return refuse("Read-only persistent volume not supported");
    }
    if disk["volume"].get("host_path").is_some() {
        return refuse("Expecting 'host_path' to be unset for persistent volume");
    }
    Ok(())
}

fn resize(
    pool: &Pool,
    used: &crate::world::resources::Amount,
    call: &Call,
    operation: Operation,
) -> Result<Pool, Refusal> {
    let volume = item(&call.fields["volume"])?;
    if let Some(why) = reservation_error(&volume) {
        return Err(Refusal::Malformed(why));
    }
    let Quantity::Scalar(size) = volume.quantity else {
        return Err(Refusal::Malformed("'volume' is no scalar".into()));
    };
    let free = |value: u64| Item { quantity: Quantity::Scalar(value), ..without_persistence(&volume) };
    let mut changed = pool.clone();
    let (taken, given, new_size) = match operation {
        Operation::Grow => {
            let Quantity::Scalar(more) = item(&call.fields["addition"])?.quantity else {
                return Err(Refusal::Malformed("'addition' is no scalar".to_owned()));
            };
            if more == 0 {
                let why = "The size of 'GrowVolume.addition' field must be greater than zero";
                return Err(Refusal::Invalid(why.to_owned()));
            }
            (Some(free(more)), None, size + more)
        }
        _ => {
            let less = (call.fields["subtract"]["value"].as_f64().unwrap_or(0.0) * 1000.0).round() as i64;
            if less <= 0 {
                let why = "Value of 'ShrinkVolume.subtract' must be greater than zero";
                return Err(Refusal::Invalid(why.to_owned()));
            }
            if less as u64 >= size {
                let why = "Value of 'ShrinkVolume.subtract' must be smaller than the size of 'ShrinkVolume.volume'";
                return Err(Refusal::Invalid(why.to_owned()));
            }
            (None, Some(free(less as u64)), size - less as u64)
        }
    };
    check_resizable(&volume, operation)?;
    let missing = || {
        let wanted = Pool(std::iter::once(volume.clone()).chain(taken.clone()).collect());
        Refusal::Missing { available: pool.without(used), wanted }
    };
    if !changed.take(&volume) || taken.as_ref().is_some_and(|item| !changed.take(item)) {
        return Err(missing());
    }
    changed.add(Item { quantity: Quantity::Scalar(new_size), ..volume.clone() });
    given.into_iter().for_each(|item| changed.add(item));
    Ok(changed)
}

/// Volumes that Mesos does not resize (src/master/validation.cpp).
fn check_resizable(volume: &Item, operation: Operation) -> Result<(), Refusal> {
    let verb = if operation == Operation::Grow { "Growing" } else { "Shrinking" };
    let is_mount = volume.disk.as_ref().is_some_and(|disk| disk["source"]["type"] == "MOUNT");
    let what = match () {
        () if volume.provider.is_some() => "a volume from a resource provider",
        () if is_mount => "a volume on a MOUNT disk",
        () if volume.is_shared => "a shared persistent volume",
        () => return Ok(()),
    };
    Err(Refusal::Invalid(format!("{verb} {what} is not supported")))
}

/// A Resource, in the present form or with `role` and `reservation` as before Mesos 1.4.
fn item(value: &Value) -> Result<Item, Refusal> {
    let name = value["name"].as_str().unwrap_or_default().to_owned();
    let mut reservations = value["reservations"].as_array().cloned().unwrap_or_default();
    if let (true, Some(role), Some(old)) =
        (reservations.is_empty(), value["role"].as_str(), value["reservation"].as_object())
    {
        let mut fields = old.clone();
        fields.insert("type".to_owned(), "DYNAMIC".into());
        fields.insert("role".to_owned(), role.into());
        reservations.push(fields.into());
    }
    if reservations.iter().any(|reservation| reservation.get("type").is_none()) {
        return Err(Refusal::Malformed("'Resource.ReservationInfo.type' field must be set.".to_owned()));
    }
    let mut item = Item {
        name,
        quantity: Quantity::Scalar(0),
        reservations,
        disk: value.get("disk").cloned(),
        is_shared: value.get("shared").is_some(),
        provider: value.get("provider_id").cloned(),
    };
    match value["ranges"]["range"].as_array() {
        Some(ranges) => {
            let mut ports = Ports::default();
            for range in ranges {
                let end = |name: &str| range[name].as_u64().unwrap_or(0).min(u64::from(u16::MAX)) as u16;
                (end("begin")..=end("end")).for_each(|port| ports.insert(port));
            }
            item.quantity = Quantity::Ports(ports);
        }
        None => {
            let scalar = value["scalar"]["value"].as_f64().unwrap_or(0.0);
            item.quantity = Quantity::Scalar((scalar.max(0.0) * 1000.0).round() as u64);
            if scalar < 0.0 {
                let (head, _) =
                    item.text().rsplit_once(':').map_or((item.text(), ""), |(head, _)| (head.to_owned(), ""));
                return Err(Refusal::Malformed(format!(
                    "Resource '{head}:{scalar}' is invalid: Invalid scalar resource: value <= 0"
                )));
            }
        }
    }
    Ok(item)
}

impl Sim {
    /// Whether a call was executed that makes a real master abort.
    pub fn has_aborted(&self) -> bool {
        self.has_aborted
    }

    /// An agent as refusals name it: `ID at slave(1)@10.0.0.1:5051 (host)`.
    fn describe_agent(&self, number: u32) -> String {
        let world = &self.world;
        let (port, nth) = world.addresses.agent(number);
        let hostname = text(|out| world.agent(number).hostname(out, world.seed));
        format!("{} at slave({nth})@{}:{port} ({hostname})", world.agent_id_text(number), world.addresses.ip)
    }
}
