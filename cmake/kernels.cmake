# SPDX-License-Identifier: GPL-3.0-or-later
# myo_kernel(TARGET SOURCE ISA FLAGS...): one more build of a kernel source for one instruction set.
function(myo_kernel target source isa)
    get_filename_component(stem ${source} NAME_WE)
    set(name ${stem}_${isa})
    add_library(${name} OBJECT ${source})
    target_link_libraries(${name} PRIVATE myo_options)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/engine
                                               ${PROJECT_SOURCE_DIR}/engine/include)
    target_compile_definitions(${name} PRIVATE MYO_KERN_ISA=${isa})
    target_compile_options(${name} PRIVATE ${ARGN})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${name}>)
endfunction()

# myo_kernels(TARGET REFERENCE TEMPLATE FLAGS...): the reference and the template for every instruction
# set of this kind of processor.
function(myo_kernels target reference template)
    myo_kernel(${target} ${reference} c)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        myo_kernel(${target} ${reference} fma -mfma)
        myo_kernel(${target} ${template} sse2 -O2 ${ARGN})
        myo_kernel(${target} ${template} avx2 -O2 -mavx2 -mfma ${ARGN})
        myo_kernel(${target} ${template} avx512 -O2 -mavx512f -mavx512vl -mavx512dq -mfma ${ARGN})
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
        myo_kernel(${target} ${template} neon -O2 ${ARGN})
    endif()
endfunction()
