# SPDX-License-Identifier: GPL-3.0-or-later
# myo_kernel(TARGET SOURCE ISA FLAGS...): one more build of a kernel source for one instruction set.
function(myo_kernel target source isa)
    add_library(kern_${isa} OBJECT ${source})
    target_link_libraries(kern_${isa} PRIVATE myo_options)
    target_include_directories(kern_${isa} PRIVATE ${PROJECT_SOURCE_DIR}/engine
                                                   ${PROJECT_SOURCE_DIR}/engine/include)
    target_compile_definitions(kern_${isa} PRIVATE MYO_KERN_ISA=${isa})
    target_compile_options(kern_${isa} PRIVATE ${ARGN})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:kern_${isa}>)
endfunction()
