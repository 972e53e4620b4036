#include "constants.h"

#include <bpf/btf.h>

#include <string_view>

namespace {

constexpr char kSection[] = ".rodata";

std::span<uint8_t> InitialValue(bpf_object* object) {
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) {
    // The map's full name is prefixed with that of the object, but only after loading.
    if (!std::string_view(bpf_map__name(map)).ends_with(kSection)) continue;
    size_t size = 0;
    void* data = bpf_map__initial_value(map, &size);
    if (data != nullptr) return {static_cast<uint8_t*>(data), size};
  }
  return {};
}

}  // namespace

std::vector<Constant> ConstantsOf(bpf_object* object) {
  std::vector<Constant> constants;
  const std::span<uint8_t> section = InitialValue(object);
  const btf* types = bpf_object__btf(object);
  if (section.empty() || types == nullptr) return constants;
  const int id = btf__find_by_name_kind(types, kSection, BTF_KIND_DATASEC);
  if (id < 0) return constants;

  const btf_type* layout = btf__type_by_id(types, static_cast<__u32>(id));
  const btf_var_secinfo* place = btf_var_secinfos(layout);
  for (int i = 0; i < btf_vlen(layout); i++, place++) {
    if (place->offset + place->size > section.size()) continue;
    const btf_type* variable = btf__type_by_id(types, place->type);
    constants.push_back({btf__name_by_offset(types, variable->name_off), section.subspan(place->offset, place->size)});
  }
  return constants;
}
