// SPDX-License-Identifier: Apache-2.0

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * {@code java PrepareJar.java FROM.jar TO.jar}: copies a jar, so that a cold engine starts quicker with it.
 *
 * <ul>
 *   <li>Classes in the format of Java 5 and older get that of Java 8. The JDK's AOT cache leaves such old classes out, because its
 *       verifier needs stack maps, which they lack; picocli has them only, and costs several times as much when it is loaded from
 *       its jar.
 *   <li>Jackson's parsers and nodes hold bounds as BigDecimal, {@code BD_MIN_LONG} and its like, beside the same as BigInteger.
 *       They are compared with numbers that are decimal already, but the initializer of BigDecimal takes 10 ms, in every call.
 *       Here they are made where they are compared.
 * </ul>
 *
 * What the classes do stays as it is.
 */
final class PrepareJar {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    private static final String JACKSON = "tools/jackson/";
    private static final String BOUND = "BD_";
    private static final ClassDesc BIG_DECIMAL = ClassDesc.of("java.math.BigDecimal");
    private static final ClassDesc BIG_INTEGER = ClassDesc.of("java.math.BigInteger");

    private PrepareJar() {}

    public static void main(String[] args) throws IOException {
        copy(Path.of(args[0]), Path.of(args[1]));
    }

    private static void copy(Path from, Path to) throws IOException {
        Map<ZipEntry, byte[]> entries = entries(from);
        ClassFile classFile = classFile(entries);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (Map.Entry<ZipEntry, byte[]> entry : entries.entrySet()) {
                ZipEntry written = new ZipEntry(entry.getKey().getName());
                written.setTimeLocal(entry.getKey().getTimeLocal());
                out.putNextEntry(written);
                out.write(isClass(written) ? prepared(classFile, entry.getValue()) : entry.getValue());
                out.closeEntry();
            }
        }
    }

    private static Map<ZipEntry, byte[]> entries(Path jar) throws IOException {
        Map<ZipEntry, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry, in.readAllBytes());
            }
        }
        return entries;
    }

    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(".class");
    }

    /** Stack maps name the common superclass of two types, so the jar's own classes have to be known. */
    private static ClassFile classFile(Map<ZipEntry, byte[]> entries) {
        Map<ClassDesc, byte[]> classes = new LinkedHashMap<>();
        entries.forEach((entry, bytes) -> {
            if (isClass(entry)) {
                String name = entry.getName();
                classes.put(ClassDesc.ofInternalName(name.substring(0, name.length() - ".class".length())), bytes);
            }
        });
        ClassHierarchyResolver own = ClassHierarchyResolver.ofResourceParsing(name -> {
            byte[] bytes = classes.get(name);
            return bytes == null ? null : new ByteArrayInputStream(bytes);
        });
        return ClassFile.of(
                StackMapsOption.GENERATE_STACK_MAPS,
                ClassHierarchyResolverOption.of(own.orElse(ClassHierarchyResolver.defaultResolver())));
    }

    private static byte[] prepared(ClassFile classFile, byte[] bytes) {
        ClassModel model = classFile.parse(bytes);
        if (model.majorVersion() < FIRST_WITH_STACK_MAPS) {
            return checked(classFile, model, upgraded(classFile, model));
        }
        return model.thisClass().asInternalName().startsWith(JACKSON) && usesBounds(model)
                ? checked(classFile, model, deferringBounds(classFile, model))
                : bytes;
    }

    private static byte[] checked(ClassFile classFile, ClassModel old, byte[] prepared) {
        for (VerifyError error : classFile.verify(prepared)) {
            throw new IllegalStateException(old.thisClass().asInternalName() + " can't be prepared", error);
        }
        return prepared;
    }

    private static byte[] upgraded(ClassFile classFile, ClassModel old) {
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
            } else {
                builder.with(element);
            }
        };
        // Code that isn't taken apart would be copied as it is, without stack maps.
        ClassTransform code = ClassTransform.transformingMethods(MethodTransform.transformingCode(CodeBuilder::with));
        return classFile.transformClass(old, version.andThen(code));
    }

    /** {@code BD_MIN_LONG} and its like. */
    private static boolean isBound(CodeElement element) {
        return element instanceof FieldInstruction field
                && field.name().stringValue().startsWith(BOUND)
                && field.typeSymbol().equals(BIG_DECIMAL);
    }

    private static boolean usesBounds(ClassModel model) {
        return model.methods().stream()
                .flatMap(method -> method.code().stream())
                .flatMap(CodeModel::elementStream)
                .anyMatch(PrepareJar::isBound);
    }

    private static byte[] deferringBounds(ClassFile classFile, ClassModel old) {
        return classFile.transformClass(old, ClassTransform.transformingMethods((builder, element) -> {
            if (element instanceof CodeModel code) {
                Set<Integer> makers = makers(old, code);
                int[] at = {0};
                builder.transformCode(code, (made, part) -> {
                    boolean dropped = part instanceof Instruction && makers.contains(at[0]++);
                    if (!dropped && isBound(part) && part instanceof FieldInstruction bound) {
                        makeBound(made, bound);
                    } else if (!dropped) {
                        made.with(part);
                    }
                });
            } else {
                builder.with(element);
            }
        }));
    }

    /** The numbers of the instructions of {@code BD_X = new BigDecimal(BI_X)} or {@code BD_X = BigDecimal.valueOf(1234L)}. */
    private static Set<Integer> makers(ClassModel model, CodeModel code) {
        List<Instruction> instructions = code.elementStream()
                .filter(Instruction.class::isInstance)
                .map(Instruction.class::cast)
                .toList();
        Set<Integer> makers = new HashSet<>();
        for (int i = 0; i < instructions.size(); i++) {
            if (isBound(instructions.get(i)) && instructions.get(i).opcode() == Opcode.PUTSTATIC) {
                boolean constructed = instructions.get(i - 1).opcode() == Opcode.INVOKESPECIAL;
                int first = i - (constructed ? 4 : 2);
                List<Instruction> maker = instructions.subList(first, i + 1);
                List<Opcode> wanted = constructed
                        ? List.of(Opcode.NEW, Opcode.DUP, Opcode.GETSTATIC, Opcode.INVOKESPECIAL, Opcode.PUTSTATIC)
                        : List.of(Opcode.LDC2_W, Opcode.INVOKESTATIC, Opcode.PUTSTATIC);
                if (!maker.stream().map(Instruction::opcode).toList().equals(wanted)) {
                    throw new IllegalStateException(
                            model.thisClass().asInternalName() + " makes its bounds in another way");
                }
                for (int at = first; at <= i; at++) {
                    makers.add(at);
                }
            }
        }
        return makers;
    }

    /** {@code new BigDecimal(BI_X)} in place of {@code BD_X}. */
    private static void makeBound(CodeBuilder builder, FieldInstruction bound) {
        if (bound.opcode() != Opcode.GETSTATIC) {
            throw new IllegalStateException("a bound that isn't read: " + bound);
        }
        String integer = bound.name().stringValue().replace(BOUND, "BI_");
        builder.new_(BIG_DECIMAL)
                .dup()
                .getstatic(bound.owner().asSymbol(), integer, BIG_INTEGER)
                .invokespecial(BIG_DECIMAL, "<init>", MethodTypeDesc.of(ConstantDescs.CD_void, BIG_INTEGER));
    }
}
