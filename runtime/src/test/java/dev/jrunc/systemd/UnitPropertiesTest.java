// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.systemd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jrunc.error.InvalidSpec;
import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.Spec;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitPropertiesTest {
    private static Spec spec(String members) {
        return ConfigReader.read(Bytes.utf8(
                "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"}," + members.replace('\'', '"') + "}"));
    }

    private static String shown(List<UnitProperty> properties) {
        StringBuilder text = new StringBuilder();
        for (UnitProperty property : properties) {
            Object value = property.value().getValue();
            text.append(text.isEmpty() ? "" : " ").append(property.name()).append('=');
            text.append(value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'memory':{'limit':67108864,'swap':134217728,'reservation':1048576}}"
                        + "|MemoryMax=67108864 MemoryLow=1048576 MemorySwapMax=67108864",
                "{'memory':{'limit':-1,'swap':-1}}|MemoryMax=18446744073709551615 MemorySwapMax=18446744073709551615",
                "{'cpu':{'shares':512,'cpus':'0-2,9','mems':'0'}}|CPUWeight=20 AllowedCPUs=0702 AllowedMemoryNodes=01",
                "{'cpu':{'quota':25000,'period':50000}}|CPUQuotaPeriodUSec=50000 CPUQuotaPerSecUSec=500000",
                "{'cpu':{'quota':12345}}|CPUQuotaPerSecUSec=130000",
                "{'cpu':{'quota':-1}}|CPUQuotaPerSecUSec=18446744073709551615",
                "{'pids':{'limit':42}}|TasksMax=42",
                "{'pids':{'limit':-1}}|TasksMax=18446744073709551615",
                "{'blockIO':{'weight':500}}|IOWeight=4950",
                "{'unified':{'memory.high':'5','cpu.max':'max 5000','cpuset.cpus':'1','hugetlb.2MB.max':'3','pids.max':'x'}}"
                        + "|MemoryHigh=5 CPUQuotaPeriodUSec=5000 CPUQuotaPerSecUSec=18446744073709551615 AllowedCPUs=02",
                "{}|"
            })
    void limits(String resources, String properties) {
        Spec spec = spec("'linux':{'resources':" + resources + "}");

        assertEquals(
                properties == null ? "" : properties,
                shown(UnitProperties.limits(spec.linux().resources(), true)));
    }

    /** As they are read from the cgroup's files. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "memory.max|67108864|MemoryMax=67108864",
                "memory.swap.max|max|MemorySwapMax=18446744073709551615",
                "cpu.max|12345 50000|CPUQuotaPeriodUSec=50000 CPUQuotaPerSecUSec=250000",
                "cpuset.cpus|0-1|AllowedCPUs=03",
                "io.weight|default 4950\\n8:0 100|IOWeight=4950",
                "io.bfq.weight|500|IOWeight=4950",
                "io.bfq.weight|default 500|IOWeight=4950",
                "io.weight|8:0 100|",
                "hugetlb.2MB.max|0|"
            })
    void ofFiles(String file, String text, String properties) {
        assertEquals(
                properties == null ? "" : properties,
                shown(UnitProperties.ofFiles(Map.of(file, text.replace("\\n", "\n") + "\n"))));
    }

    @Test
    void ofVersion1() {
        Spec spec = spec("'linux':{'resources':{'memory':{'limit':5,'reservation':4},'cpu':{'shares':512},"
                + "'blockIO':{'weight':500}}}");

        assertEquals(
                "MemoryLimit=5 CPUShares=512 BlockIOWeight=500",
                shown(UnitProperties.limits(spec.linux().resources(), false)));
    }

    @Test
    void aScope() {
        String shown = shown(UnitProperties.of(new UnitName("a.slice", "b.scope"), 4711, spec("'linux':{}"), true));

        assertTrue(shown.startsWith("Description=jrunc container b.scope Slice=a.slice Delegate=true PIDs="), shown);
        assertTrue(shown.contains(" DefaultDependencies=false "), shown);
    }

    private static List<UnitProperty> annotated(String name, String value) {
        Spec spec = spec("'annotations':{'org.systemd.property." + name + "':'" + value.replace("\"", "\\\"") + "'}");
        List<UnitProperty> all = UnitProperties.of(new UnitName("a.slice", "b.scope"), 1, spec, true);
        return all.subList(all.size() - 1, all.size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TimeoutStopUSec|uint64 5|TimeoutStopUSec=5",
                "TimeoutStopSec|7|TimeoutStopUSec=7000000",
                "TimeoutStopSec|byte 200|TimeoutStopUSec=200000000",
                "TimeoutStopSec|1.5|TimeoutStopUSec=1500000",
                "DefaultDependencies|true|DefaultDependencies=true",
                "After|[\"a.service\"]|After=[a.service]"
            })
    void anAnnotation(String name, String value, String shown) {
        assertEquals(shown, shown(annotated(name, value)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"ab|1", "a1b|1", "a-b|true", "TimeoutStopSec|true", "TimeoutStopSec|\"5\"", "After|[", "After|"})
    void aWrongAnnotation(String name, String value) {
        InvalidSpec thrown = assertThrows(InvalidSpec.class, () -> annotated(name, value == null ? "" : value));

        assertEquals("/annotations/org.systemd.property." + name, thrown.pointer());
    }
}
