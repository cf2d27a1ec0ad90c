//! Resources, volumes and images (include/mesos/v1/mesos.proto).

use super::basics::{
    CREDENTIAL, LABELS, PARAMETERS, RESOURCE_PROVIDER_ID, SECRET, VALUE_RANGES, VALUE_SCALAR, VALUE_SET, VALUE_TYPE,
};
use super::table::{BOOL, TEXT, enums, many, map, messages, names, of, one};

messages! {
    RESOURCE_ALLOCATION_INFO = "Resource.AllocationInfo" {
        1 role: one(TEXT);
    }
    RESOURCE_RESERVATION_INFO = "Resource.ReservationInfo" {
        4 type: one(names(&RESOURCE_RESERVATION_INFO_TYPE));
        3 role: one(TEXT);
        1 principal: one(TEXT);
        2 labels: one(of(&LABELS));
    }
    RESOURCE_DISK_INFO_PERSISTENCE = "Resource.DiskInfo.Persistence" {
        1 id: one(TEXT);
        2 principal: one(TEXT);
    }
    IMAGE_APPC = "Image.Appc" {
        1 name: one(TEXT);
        2 id: one(TEXT);
        3 labels: one(of(&LABELS));
    }
    IMAGE_DOCKER = "Image.Docker" {
        1 name: one(TEXT);
        2 credential: one(of(&CREDENTIAL));
        3 config: one(of(&SECRET));
    }
    IMAGE = "Image" {
        1 type: one(names(&IMAGE_TYPE));
        2 appc: one(of(&IMAGE_APPC));
        3 docker: one(of(&IMAGE_DOCKER));
        4 cached: one(BOOL).or("true");
    }
    VOLUME_SOURCE_DOCKER_VOLUME = "Volume.Source.DockerVolume" {
        1 driver: one(TEXT);
        2 name: one(TEXT);
        3 driver_options: one(of(&PARAMETERS));
    }
    MOUNT_PROPAGATION = "MountPropagation" {
        1 mode: one(names(&MOUNT_PROPAGATION_MODE));
    }
    VOLUME_SOURCE_HOST_PATH = "Volume.Source.HostPath" {
        1 path: one(TEXT);
        2 mount_propagation: one(of(&MOUNT_PROPAGATION));
    }
    VOLUME_SOURCE_SANDBOX_PATH = "Volume.Source.SandboxPath" {
        1 type: one(names(&VOLUME_SOURCE_SANDBOX_PATH_TYPE));
        2 path: one(TEXT);
    }
    VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_BLOCK_VOLUME = "Volume.Source.CSIVolume.VolumeCapability.BlockVolume" {}
    VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_MOUNT_VOLUME = "Volume.Source.CSIVolume.VolumeCapability.MountVolume" {
        1 fs_type: one(TEXT);
        2 mount_flags: many(TEXT);
    }
    VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_ACCESS_MODE = "Volume.Source.CSIVolume.VolumeCapability.AccessMode" {
        1 mode: one(names(&VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_ACCESS_MODE_MODE));
    }
    VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY = "Volume.Source.CSIVolume.VolumeCapability" {
        1 block: one(of(&VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_BLOCK_VOLUME));
        2 mount: one(of(&VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_MOUNT_VOLUME));
        3 access_mode: one(of(&VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_ACCESS_MODE));
    }
    VOLUME_SOURCE_CSI_VOLUME_STATIC_PROVISIONING = "Volume.Source.CSIVolume.StaticProvisioning" {
        1 volume_id: one(TEXT);
        2 volume_capability: one(of(&VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY));
        3 node_stage_secrets: map(of(&SECRET));
        4 node_publish_secrets: map(of(&SECRET));
        5 volume_context: map(TEXT);
    }
    VOLUME_SOURCE_CSI_VOLUME = "Volume.Source.CSIVolume" {
        1 plugin_name: one(TEXT);
        2 static_provisioning: one(of(&VOLUME_SOURCE_CSI_VOLUME_STATIC_PROVISIONING));
    }
    VOLUME_SOURCE = "Volume.Source" {
        1 type: one(names(&VOLUME_SOURCE_TYPE));
        2 docker_volume: one(of(&VOLUME_SOURCE_DOCKER_VOLUME));
        5 host_path: one(of(&VOLUME_SOURCE_HOST_PATH));
        3 sandbox_path: one(of(&VOLUME_SOURCE_SANDBOX_PATH));
        4 secret: one(of(&SECRET));
        6 csi_volume: one(of(&VOLUME_SOURCE_CSI_VOLUME));
    }
    VOLUME = "Volume" {
        3 mode: one(names(&VOLUME_MODE));
        1 container_path: one(TEXT);
        2 host_path: one(TEXT);
        4 image: one(of(&IMAGE));
        5 source: one(of(&VOLUME_SOURCE));
    }
    RESOURCE_DISK_INFO_SOURCE_PATH = "Resource.DiskInfo.Source.Path" {
        1 root: one(TEXT);
    }
    RESOURCE_DISK_INFO_SOURCE_MOUNT = "Resource.DiskInfo.Source.Mount" {
        1 root: one(TEXT);
    }
    RESOURCE_DISK_INFO_SOURCE = "Resource.DiskInfo.Source" {
        1 type: one(names(&RESOURCE_DISK_INFO_SOURCE_TYPE));
        2 path: one(of(&RESOURCE_DISK_INFO_SOURCE_PATH));
        3 mount: one(of(&RESOURCE_DISK_INFO_SOURCE_MOUNT));
        7 vendor: one(TEXT);
        4 id: one(TEXT);
        5 metadata: one(of(&LABELS));
        6 profile: one(TEXT);
    }
    RESOURCE_DISK_INFO = "Resource.DiskInfo" {
        1 persistence: one(of(&RESOURCE_DISK_INFO_PERSISTENCE));
        2 volume: one(of(&VOLUME));
        3 source: one(of(&RESOURCE_DISK_INFO_SOURCE));
    }
    RESOURCE_REVOCABLE_INFO = "Resource.RevocableInfo" {}
    RESOURCE_SHARED_INFO = "Resource.SharedInfo" {}
    RESOURCE = "Resource" {
        12 provider_id: one(of(&RESOURCE_PROVIDER_ID));
        1 name: one(TEXT);
        2 type: one(names(&VALUE_TYPE));
        3 scalar: one(of(&VALUE_SCALAR));
        4 ranges: one(of(&VALUE_RANGES));
        5 set: one(of(&VALUE_SET));
        6 role: one(TEXT);
        11 allocation_info: one(of(&RESOURCE_ALLOCATION_INFO));
        8 reservation: one(of(&RESOURCE_RESERVATION_INFO));
        13 reservations: many(of(&RESOURCE_RESERVATION_INFO));
        7 disk: one(of(&RESOURCE_DISK_INFO));
        9 revocable: one(of(&RESOURCE_REVOCABLE_INFO));
        10 shared: one(of(&RESOURCE_SHARED_INFO));
    }
}

enums! {
    RESOURCE_RESERVATION_INFO_TYPE = "Resource.ReservationInfo.Type" {
        0 UNKNOWN; 1 STATIC; 2 DYNAMIC;
    }
    VOLUME_MODE = "Volume.Mode" {
        1 RW; 2 RO;
    }
    IMAGE_TYPE = "Image.Type" {
        1 APPC; 2 DOCKER;
    }
    VOLUME_SOURCE_TYPE = "Volume.Source.Type" {
        0 UNKNOWN; 1 DOCKER_VOLUME; 4 HOST_PATH; 2 SANDBOX_PATH; 3 SECRET; 5 CSI_VOLUME;
    }
    MOUNT_PROPAGATION_MODE = "MountPropagation.Mode" {
        0 UNKNOWN; 1 HOST_TO_CONTAINER; 2 BIDIRECTIONAL;
    }
    VOLUME_SOURCE_SANDBOX_PATH_TYPE = "Volume.Source.SandboxPath.Type" {
        0 UNKNOWN; 1 SELF; 2 PARENT;
    }
    VOLUME_SOURCE_CSI_VOLUME_VOLUME_CAPABILITY_ACCESS_MODE_MODE = "Volume.Source.CSIVolume.VolumeCapability.AccessMode.Mode" {
        0 UNKNOWN; 1 SINGLE_NODE_WRITER; 2 SINGLE_NODE_READER_ONLY; 3 MULTI_NODE_READER_ONLY;
        4 MULTI_NODE_SINGLE_WRITER; 5 MULTI_NODE_MULTI_WRITER;
    }
    RESOURCE_DISK_INFO_SOURCE_TYPE = "Resource.DiskInfo.Source.Type" {
        0 UNKNOWN; 1 PATH; 2 MOUNT; 3 BLOCK; 4 RAW;
    }
}
