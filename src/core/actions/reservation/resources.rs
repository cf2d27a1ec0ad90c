//! Resources of a pool as calls send them.

use serde_json::Value;

use crate::mesos::calls::resource::{
    DiskInfo, DiskSource, Persistence, Range, Ranges, ReservationInfo, Resource, Set, Volume,
};
use crate::mesos::calls::values::{Label, Labels, Scalar};
use crate::mesos::wire::pool_resource::{PersistentVolume, PoolAmount, PoolResource, ReservationLayer};

impl From<&PoolResource> for Resource {
    fn from(resource: &PoolResource) -> Self {
        let mut sent = Self { name: resource.name.clone(), ..Self::default() };
        match &resource.amount {
            PoolAmount::Scalar(_) => {
                sent.kind = "SCALAR".to_owned();
                sent.scalar = Some(Scalar { value: resource.amount.number() });
            }
            PoolAmount::Ranges(ranges) => {
                sent.kind = "RANGES".to_owned();
                let range = ranges.iter().map(|(begin, end)| Range { begin: *begin, end: *end }).collect();
                sent.ranges = Some(Ranges { range });
            }
            PoolAmount::Set(items) => {
                sent.kind = "SET".to_owned();
                sent.set = Some(Set { item: items.clone() });
            }
        }
        sent.reservations = resource.reservations.iter().map(reservation).collect();
        sent.provider_id = resource.provider.clone().map(Into::into);
        sent.disk = disk(resource);
        if resource.shared {
            sent.rest.insert("shared".to_owned(), Value::Object(serde_json::Map::new()));
        }
        sent
    }
}

fn reservation(layer: &ReservationLayer) -> ReservationInfo {
    let label = |(key, value): &(String, Option<String>)| Label { key: key.clone(), value: value.clone() };
    let labels = (!layer.labels.is_empty()).then(|| Labels { labels: layer.labels.iter().map(label).collect() });
    ReservationInfo {
        kind: if layer.is_dynamic { "DYNAMIC" } else { "STATIC" }.to_owned(),
        role: Some(layer.role.clone()),
        principal: layer.principal.clone(),
        labels,
        ..ReservationInfo::default()
    }
}

fn disk(resource: &PoolResource) -> Option<DiskInfo> {
    let source = resource
        .source
        .as_ref()
        .map(|disk| DiskSource { rest: serde_json::from_str(&disk.json).unwrap_or_default(), ..DiskSource::default() });
    let volume = resource.volume.as_ref();
    (source.is_some() || volume.is_some()).then(|| DiskInfo {
        persistence: volume.map(|PersistentVolume { id, principal, .. }| Persistence {
            id: id.clone(),
            principal: principal.clone(),
            ..Persistence::default()
        }),
        volume: volume.map(|volume| Volume {
            container_path: volume.container_path.clone(),
            mode: "RW".to_owned(),
            ..Volume::default()
        }),
        source,
        ..DiskInfo::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mesos::wire::pool_resource::PoolDisk;

    #[test]
    fn a_volume_is_sent_with_all_that_tells_it_from_others() {
        let layer = ReservationLayer {
            is_dynamic: true,
            role: "web".into(),
            principal: Some("ops".to_owned()),
            labels: vec![("k".to_owned(), None)],
        };
        let source = json!({"type": "MOUNT", "mount": {"root": "/mnt/a"}, "metadata": {"labels": []}});
        let volume = PersistentVolume { id: "v".to_owned(), principal: None, container_path: "data".to_owned() };
        let resource = PoolResource {
            name: "disk".to_owned(),
            amount: PoolAmount::Scalar(2500),
            reservations: vec![layer],
            source: Some(PoolDisk { json: source.to_string(), ..PoolDisk::default() }),
            volume: Some(volume),
            shared: true,
            provider: Some("rp".to_owned()),
        };
        let sent = serde_json::to_value(Resource::from(&resource)).expect("it is JSON");
        let reservation =
            json!({"type": "DYNAMIC", "role": "web", "principal": "ops", "labels": {"labels": [{"key": "k"}]}});
        let disk =
            json!({"persistence": {"id": "v"}, "volume": {"container_path": "data", "mode": "RW"}, "source": source});
        assert_eq!(
            sent,
            json!({"provider_id": {"value": "rp"}, "name": "disk", "type": "SCALAR", "scalar": {"value": 2.5},
                "reservations": [reservation], "disk": disk, "shared": {}})
        );
    }
}
