// SPDX-License-Identifier: Apache-2.0
package dev.jrunc.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jrunc.json.ConfigReader;
import dev.jrunc.plan.Bytes;
import dev.jrunc.spec.Spec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdatedResourcesTest {

    private static Spec.Resources resources(String json) {
        return ConfigReader.readResources(Bytes.utf8(json.replace('\'', '"')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'memory':{'limit':5,'swap':7}}|{'memory':{'limit':6}}|{'memory':{'limit':6,'swap':7}}",
                "{'memory':{'limit':5,'swap':7}}|{'memory':{'limit':0,'swap':0}}|{'memory':{'limit':5,'swap':7}}",
                "{'memory':{'limit':5,'swap':7}}|{'memory':{'limit':-1}}|{'memory':{'limit':-1,'swap':-1}}",
                "{'memory':{'limit':5}}|{'cpu':{'shares':3}}|{'memory':{'limit':5},'cpu':{'shares':3}}",
                "{'cpu':{'quota':5,'burst':3,'idle':1}}|{'cpu':{'burst':0,'idle':0}}|{'cpu':{'quota':5,'burst':0,'idle':0}}",
                "{'cpu':{'cpus':'0-1'}}|{'cpu':{'cpus':'','mems':'0'}}|{'cpu':{'cpus':'0-1','mems':'0'}}",
                "{'pids':{'limit':5}}|{'pids':{'limit':-1}}|{'pids':{'limit':-1}}",
                "{'pids':{'limit':5}}|{'pids':{'limit':0}}|{'pids':{'limit':5}}",
                "{'devices':[{'allow':true}]}|{'devices':[]}|{'devices':[{'allow':true}]}",
                "{'devices':[{'allow':true}]}|{'devices':[{'allow':false}]}|{'devices':[{'allow':false}]}",
                "{'hugepageLimits':[{'pageSize':'2MB','limit':1},{'pageSize':'1GB','limit':2}]}"
                        + "|{'hugepageLimits':[{'pageSize':'2MB','limit':3}]}"
                        + "|{'hugepageLimits':[{'pageSize':'2MB','limit':3},{'pageSize':'1GB','limit':2}]}",
                "{'blockIO':{'weight':10,'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':1}]}}"
                        + "|{'blockIO':{'throttleReadBpsDevice':[{'major':8,'minor':1,'rate':2}]}}"
                        + "|{'blockIO':{'weight':10,'throttleReadBpsDevice':[{'major':8,'minor':0,'rate':1},"
                        + "{'major':8,'minor':1,'rate':2}]}}",
                "{'unified':{'memory.high':'1'}}|{'unified':{'memory.high':'2','io.max':'3'}}"
                        + "|{'unified':{'memory.high':'2','io.max':'3'}}",
                "{'network':{'classID':1}}|{'network':{'priorities':[{'name':'lo','priority':2}]}}"
                        + "|{'network':{'classID':1,'priorities':[{'name':'lo','priority':2}]}}",
                "{'rdma':{'a':{'hcaHandles':1}}}|{'rdma':{'b':{'hcaObjects':2}}}"
                        + "|{'rdma':{'a':{'hcaHandles':1},'b':{'hcaObjects':2}}}",
            })
    void whatIsNotNamedIsAsBefore(String before, String asked, String after) {
        assertEquals(resources(after), UpdatedResources.of(resources(before), resources(asked)));
    }

    @Test
    void nothingAskedFor() {
        Spec.Resources before = resources("{'memory':{'limit':5},'cpu':{'shares':3},'unified':{'a.b':'c'}}");

        assertEquals(before, UpdatedResources.of(before, Spec.Resources.NONE));
        assertEquals(before, UpdatedResources.of(Spec.Resources.NONE, before));
    }
}
